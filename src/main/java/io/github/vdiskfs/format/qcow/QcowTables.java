// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;

/** The tables of an image. */
final class QcowTables {
  static final int ENTRY_BYTES = 8;

  /** The size of the disk stands in the header at this byte. */
  private static final int SIZE_AT = 24;

  private final Storage storage;
  private final TableCache cache;
  private final QcowHeader header;
  private final Table l1;

  QcowTables(Storage storage, TableCache cache, QcowHeader header) {
    this.storage = storage;
    this.cache = cache;
    this.header = header;
    this.l1 = table(header.l1TableOffset(), header.l1Entries());
  }

  private Table table(long hostOffset, long entries) {
    return new Table(cache, storage, hostOffset, entries, ENTRY_BYTES, ByteOrder.BIG_ENDIAN);
  }

  /** The L1 table: where the L2 tables are. */
  Table l1() {
    return l1;
  }

  /** Host offset of an L2 table, or 0 where there is none. */
  long l2Offset(long l1Index) throws IOException {
    return l1.page(l1Index).int64(l1Index);
  }

  /** The L2 table at a host offset. */
  Table l2(long hostOffset) {
    return table(hostOffset, header.l2Entries());
  }

  /** The header's size field, as a table of one entry. */
  Table sizeField() {
    return table(SIZE_AT, 1);
  }
}
