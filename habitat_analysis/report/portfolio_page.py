"""x"""
def portfolio_page(rows, ground, *, scenario): return b"x"
