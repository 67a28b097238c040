//! Pairing by file or text: three messages and digits typed both ways (protocol.md §8).
