// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.TablePage;

/**
 * The bits in front of a block's data, one for each sector, the most significant bit of a byte
 * first ("Block Allocation Table (BAT) and Data Blocks"); read as big-endian words of 64 bits.
 */
final class SectorBitmap {
  private SectorBitmap() {}

  /** Host bytes of the bitmap of a block: a bit per sector, padded to a sector. */
  static int sizeBytes(int blockSize) {
    return Math.max(512, blockSize / 512 / 8);
  }

  /** True where the sector was written. */
  static boolean isSet(TablePage words, int sector) {
    return words.int64(sector >>> 6) << (sector & 63) < 0;
  }

  /** Sectors from {@code sector} on, up to {@code end}, whose bits are all the same. */
  static int run(TablePage words, int sector, int end) {
    boolean set = isSet(words, sector);
    int at = sector;
    while (at < end) {
      long word = words.int64(at >>> 6);
      long rest = (set ? ~word : word) << (at & 63);
      if (rest != 0) {
        at += Long.numberOfLeadingZeros(rest);
        break;
      }
      at = (at | 63) + 1;
    }
    return Math.min(at, end) - sector;
  }

  /** The bits of word {@code word} that stand for sectors {@code [from, end)}. */
  static long mask(int word, int from, int end) {
    int first = Math.max(0, from - (word << 6));
    int last = Math.min(64, end - (word << 6));
    return first >= last ? 0 : (-1L >>> first) & (-1L << (64 - last));
  }
}
