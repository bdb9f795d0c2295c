// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.nio.charset.StandardCharsets;

/**
 * Inode numbers of what an image shows as beside its disk, whose number is the image file's: made
 * from that and a name, so that they are the same in every mount. Two may be the same by chance,
 * about as often as two files of several host file systems.
 */
final class InodeNumbers {
  /** FNV-1a. */
  private static final long BASIS = 0xCBF29CE484222325L;

  private static final long PRIME = 0x100000001B3L;

  /** Host file systems seldom have numbers as high as this. */
  private static final long HIGH_BIT = 1L << 62;

  private InodeNumbers() {}

  /** The number of what has a name, among all that belongs to the image file. */
  static long of(long imageInode, String name) {
    long hash = BASIS;
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      hash = (hash ^ ((imageInode >>> shift) & 0xFF)) * PRIME;
    }
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (letter & 0xFF)) * PRIME;
    }
    return (hash & Long.MAX_VALUE) | HIGH_BIT;
  }
}
