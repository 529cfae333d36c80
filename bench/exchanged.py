"""What every whole call of the bench exchanges: an order of 1.3 KB as JSON goes out, 1 KB of JSON comes back."""

from __future__ import annotations

from typing import Final

PATH: Final = "/orders"
ORDER: Final = {
    "customer": {
        "id": "cus_8Jx2Lm4Q",
        "email": "ada@shop.example",
        "name": "Ada Lovelace",
        "phone": "+44 20 7946 0958",
    },
    "currency": "eur",
    "amount": 12_750,
    "capture": True,
    "items": [
        {
            "sku": f"sku-{number:04}",
            "name": f"Hand-made notebook, dotted, size A{number}",
            "quantity": number + 1,
            "price": 12.5 + number,
            "gift": number % 2 == 0,
        }
        for number in range(8)
    ],
    "shipping": {"street": "12 St James's Square", "city": "London", "zip": "SW1Y 4JH", "country": "GB"},
    "note": "Please ring twice, and leave the parcel with the neighbours at number 14 where nobody opens. " * 3,
}
"""1.3 KB once it is written."""

ANSWER: Final = (
    b'{"id":"ch_1","amount":1250,"currency":"eur","status":"succeeded","created":1700000000,"note":"'
    + b"x" * 920
    + b'"}'
)
"""1 KB."""
