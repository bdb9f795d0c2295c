// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Changes of single header fields: 4 to 12 neighbouring bytes of the first sector, in place. The
 * rest of the header, known or not, stays as it is.
 */
final class HeaderPatch {
  /** "size". */
  private static final int SIZE_AT = 24;

  /** "l1_size", and "l1_table_offset" behind it. */
  private static final int L1_AT = 36;

  /** "refcount_table_offset", and "refcount_table_clusters" behind it. */
  private static final int REFCOUNT_TABLE_AT = 48;

  private static final int INCOMPATIBLE_FEATURES_AT = 72;
  private static final int AUTOCLEAR_FEATURES_AT = 88;

  private final Storage storage;
  private final DirtyTables dirty;

  HeaderPatch(Storage storage, DirtyTables dirty) {
    this.storage = storage;
    this.dirty = dirty;
  }

  /** Sets the virtual size with the next flush. */
  void size(long sizeBytes) throws IOException {
    dirty.patch(Stage.SIZE, storage, SIZE_AT, ByteBuffer.allocate(8).putLong(sizeBytes).array());
  }

  /** Sets the place of the active L1 table with the next flush. */
  void l1(long l1Entries, long hostOffset) throws IOException {
    byte[] fields = ByteBuffer.allocate(12).putInt((int) l1Entries).putLong(hostOffset).array();
    dirty.patch(Stage.ROOT, storage, L1_AT, fields);
  }

  /** Sets the place of the refcount table with the next flush. */
  void refcountTable(long hostOffset, long clusters) throws IOException {
    byte[] fields = ByteBuffer.allocate(12).putLong(hostOffset).putInt((int) clusters).array();
    dirty.patch(Stage.ALLOCATION_HEADER, storage, REFCOUNT_TABLE_AT, fields);
  }

  /** Sets the autoclear features at once. */
  void autoclearFeatures(long features) throws IOException {
    writeNow(AUTOCLEAR_FEATURES_AT, features);
  }

  /** Sets the incompatible features at once. */
  void incompatibleFeatures(long features) throws IOException {
    writeNow(INCOMPATIBLE_FEATURES_AT, features);
  }

  private void writeNow(int at, long value) throws IOException {
    storage.write(ByteBuffer.allocate(8).putLong(0, value), at);
    storage.sync();
  }
}
