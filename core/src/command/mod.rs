//! What may be asked and done: one enum a kind of document, one permission function.
