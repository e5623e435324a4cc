"""How the invented commune of Valserres-sur-Lisse is drawn, one idea a module."""
