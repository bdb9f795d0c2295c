// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A page of a table with changes that are not on the host yet. Changed under the image's metadata
 * lock, read by anyone: an entry is aligned and so never seen half changed.
 */
final class DirtyPage extends TablePage {
  /** What a host writes as a whole: changes go out in pieces of this size. */
  private static final int SECTOR = 512;

  private final BitSet sectors = new BitSet();

  /** A copy of a clean page. */
  DirtyPage(TablePage clean) {
    super(clean);
  }

  void putInt32(long index, long value) {
    int at = offsetOf(index);
    bytes().putInt(at, (int) value);
    sectors.set(at / SECTOR);
  }

  void putInt64(long index, int offsetInEntry, long value) {
    int at = offsetOf(index) + offsetInEntry;
    bytes().putLong(at, value);
    sectors.set(at / SECTOR);
  }

  /** The whole page goes out, also where it was not changed. */
  void touchAll() {
    sectors.set(0, (sizeBytes() + SECTOR - 1) / SECTOR);
  }

  boolean isClean() {
    return sectors.isEmpty();
  }

  int dirtyBytes() {
    return sectors.cardinality() * SECTOR;
  }

  /** A run of changed bytes. */
  record Piece(int offset, ByteBuffer bytes) {}

  /** Copies of all changed runs; the page counts as clean from here on. */
  List<Piece> take() {
    List<Piece> pieces = new ArrayList<>();
    for (int from = sectors.nextSetBit(0); from >= 0; ) {
      int to = sectors.nextClearBit(from);
      int start = from * SECTOR;
      int length = Math.min(to * SECTOR, sizeBytes()) - start;
      ByteBuffer copy = ByteBuffer.allocate(length);
      copy.put(0, bytes(), start, length);
      pieces.add(new Piece(start, copy));
      from = sectors.nextSetBit(to);
    }
    sectors.clear();
    return pieces;
  }
}
