//! Signed batches: header and payload, device logs, holdings, the gate, acceptance.
