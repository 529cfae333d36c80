from __future__ import annotations

from intertie.compiler.codes import CODES
from intertie.lint.rule import reported


@reported(CODES["invalid-proxy"], by="compiler", since="0.1.0")
def invalid_proxy() -> None:
    """A proxy can't be used.

    ## What it does
    Reads the `proxy` block: a URL with `http://`, a host and a port, and references where the proxy asks for a user and a
    password.

    ## Why it matters
    Where a network lets nothing out but through its proxy, no call succeeds without it; and going past it is not what the
    spec says. A password in the URL would be read by everybody who reads the spec.

    ## Example
    ```yaml
    proxy:
      url: socks5://proxy.example:1080
    ```

    ## Use instead
    ```yaml
    proxy:
      url: http://proxy.example:3128
      username: env:PROXY_USER
      password: env:PROXY_PASSWORD
      no_proxy: [localhost, .internal]
    ```

    ## References
    RFC 9110 section 9.3.6, CONNECT; the guide on proxies and certificates.
    """
