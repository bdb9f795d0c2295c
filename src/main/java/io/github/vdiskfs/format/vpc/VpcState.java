// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;

/** What an opened dynamic or differencing image shares with its write side. */
final class VpcState {
  private final Storage storage;
  private final VpcFooter footer;
  private final DynamicHeader header;
  private final boolean hasParent;
  private final AllocationTable table;
  private final DirtyTables dirty = new DirtyTables();
  private volatile long sizeBytes;

  VpcState(
      Storage storage,
      VpcFooter footer,
      DynamicHeader header,
      boolean hasParent,
      TableCache tables) {
    this.storage = storage;
    this.footer = footer;
    this.header = header;
    this.hasParent = hasParent;
    this.table = new AllocationTable(storage, footer, header, hasParent, tables);
    this.sizeBytes = footer.virtualSize();
  }

  Storage storage() {
    return storage;
  }

  /** The footer that counted when the image was opened. */
  VpcFooter footer() {
    return footer;
  }

  DynamicHeader header() {
    return header;
  }

  /** True for a differencing image. */
  boolean hasParent() {
    return hasParent;
  }

  AllocationTable table() {
    return table;
  }

  /** The metadata lock, and what is not on the host yet. */
  DirtyTables dirty() {
    return dirty;
  }

  /** Bytes of the disk. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** The disk has another size from here on. */
  void resized(long newSizeBytes) {
    sizeBytes = newSizeBytes;
  }

  long blockSize() {
    return header.blockSize();
  }

  /** Blocks that the disk has, the last perhaps in part. */
  long blocks() {
    return (sizeBytes + blockSize() - 1) / blockSize();
  }

  /** Links a block, or unlinks it; under the metadata lock. */
  void setEntry(long block, long entry) throws IOException {
    dirty.putInt32(Stage.MAPPING, table.entries(), block, entry);
  }

  /** Starts the bitmap of a new block, all clear; under the metadata lock. */
  void createBitmap(long bitmapOffset) throws IOException {
    dirty.create(Stage.MAPPING, table.bitmap(bitmapOffset));
  }

  /**
   * Sets the bits of sectors whose data was written; under the metadata lock. Bits change in the
   * stage of the map, since they are one: the data is durable before.
   */
  void setBits(long bitmapOffset, int fromSector, int endSector) throws IOException {
    Table bitmap = table.bitmap(bitmapOffset);
    for (int word = fromSector >>> 6; word << 6 < endSector; word++) {
      long old = bitmap.page(0).int64(word);
      long set = old | SectorBitmap.mask(word, fromSector, endSector);
      if (set != old) {
        dirty.putInt64(Stage.MAPPING, bitmap, word, set);
      }
    }
  }

  /** See {@link DirtyTables#flush}. */
  void flush() throws IOException {
    dirty.flush(List.of(storage));
  }
}
