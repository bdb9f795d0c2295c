// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The L1 table of a disk or a snapshot, and the L2 tables that it points to. */
final class Qcow2Tables {
  private static final int RECENT = 64;

  private final TableCache cache;
  private final Storage storage;
  private final Qcow2Layout layout;
  private final Table l1;

  /**
   * L2 tables that were asked for, by their cluster's number modulo the length: spares an object a
   * look-up. Threads may race for it, since what a table is does not change.
   */
  private final @Nullable Table[] recentL2 = new Table[RECENT];

  /**
   * @param l1Offset host offset of the L1 table
   * @param l1Entries its length
   */
  Qcow2Tables(
      TableCache cache, Storage storage, Qcow2Layout layout, long l1Offset, long l1Entries) {
    this.cache = cache;
    this.storage = storage;
    this.layout = layout;
    this.l1 =
        new Table(
            cache, storage, l1Offset, l1Entries, Qcow2Layout.L1_ENTRY_BYTES, ByteOrder.BIG_ENDIAN);
  }

  /** The L1 table. */
  Table l1() {
    return l1;
  }

  /** Entries of the L1 table; what lies beyond them is unallocated. */
  long l1Entries() {
    return l1.entries();
  }

  /** The page of the L1 table that an entry stands on. */
  TablePage l1Page(long l1Index) throws IOException {
    return l1.page(l1Index);
  }

  /**
   * The L2 table at a host offset.
   *
   * @param l1Index the L1 entry that the offset stands in, for messages
   */
  Table l2(long l1Index, long l2Offset) throws ImageException {
    if (!layout.isAligned(l2Offset)) {
      throw ImageException.corrupt(
          storage,
          l1.hostOffsetOf(l1Index),
          "L1 entry "
              + l1Index
              + " has an L2 table offset ("
              + l2Offset
              + ") that is no multiple of "
              + layout.clusterBytes());
    }
    int slot = (int) (l2Offset / layout.clusterBytes() % RECENT);
    Table table = recentL2[slot];
    if (table == null || table.hostOffsetOf(0) != l2Offset) {
      table = newL2(l2Offset);
      recentL2[slot] = table;
    }
    return table;
  }

  private Table newL2(long l2Offset) {
    return new Table(
        cache, storage, l2Offset, layout.l2Entries(), layout.l2EntryBytes(), ByteOrder.BIG_ENDIAN);
  }
}
