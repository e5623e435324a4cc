"""One module a room: from the function labels of the worked examples to calls of the package."""
