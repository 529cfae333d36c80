"""`memory://`: state that ends with its process."""
