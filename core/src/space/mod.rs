//! Members and devices of a space: statements, their pure evaluation, writer sets, audience.
