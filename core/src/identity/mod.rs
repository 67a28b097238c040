//! Who a device is: recovery key, device keys, key cards.
