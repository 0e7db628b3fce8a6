//! What is fetched piece by piece.

use rasoat_store::{Op, StoreError};

use crate::support::*;

#[test]
fn pieces_stay_over_a_restart_and_come_together_in_their_order() {
    let (dir, store) = fresh();
    let (hash, other) = ([1; 32], [2; 32]);
    let put = |store: &rasoat_store::Store, hash: &[u8; 32], place, bytes: &[u8]| {
        store.transact(Op::Update, |tx| tx.put_blob_piece(hash, place, bytes)).map(|_| ())
    };
    put(&store, &hash, 0, b"mot ").unwrap();
    put(&store, &other, 0, b"khac").unwrap();
    store.close().unwrap();
    let store = reopen(dir.path());
    assert_eq!(store.read(|tx| tx.blob_length(&hash)).unwrap(), 4);
    // A piece that does not go on where the last one ended is none.
    assert_eq!(put(&store, &hash, 0, b"lai"), Err(StoreError::NotFound));
    assert_eq!(put(&store, &hash, 9, b"xa"), Err(StoreError::NotFound));
    put(&store, &hash, 4, b"hai").unwrap();
    assert_eq!(store.read(|tx| tx.blob(&hash)).unwrap(), b"mot hai");
    assert_eq!(store.read(|tx| tx.blobs()).unwrap().len(), 2);
    store.transact(Op::Update, |tx| tx.forget_blob(&hash)).unwrap();
    assert_eq!(store.read(|tx| tx.blob(&hash)).unwrap(), b"");
    assert_eq!(store.read(|tx| tx.blobs()).unwrap(), [other]);
}
