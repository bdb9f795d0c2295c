// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/**
 * One change of a host file, as a kernel sees it.
 *
 * @param file name of the file
 * @param offset first byte; for {@code TRUNCATE} the new size
 * @param length bytes of {@code WRITE} and {@code ZERO}
 * @param bytes what {@code WRITE} writes; empty for others
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record HostOperation(Kind kind, String file, long offset, long length, byte[] bytes) {
  /** What a disk writes as a whole. */
  static final int SECTOR = 512;

  enum Kind {
    WRITE,
    ZERO,
    TRUNCATE,
    SYNC
  }

  /** Does it to a file. */
  void apply(Storage target) throws IOException {
    switch (kind) {
      case WRITE -> target.write(ByteBuffer.wrap(bytes), offset);
      case ZERO -> target.zero(offset, length);
      case TRUNCATE -> target.truncate(offset);
      case SYNC -> {}
    }
  }

  /**
   * Does a part of it: of the sectors that it touches, numbered from 0, only those that are wanted.
   */
  void applySectors(Storage target, IntPredicate wanted) throws IOException {
    if (kind == Kind.TRUNCATE || kind == Kind.SYNC) {
      apply(target);
      return;
    }
    int number = 0;
    for (long at = offset; at < offset + length; number++) {
      long end = Math.min(offset + length, (at / SECTOR + 1) * SECTOR);
      if (wanted.test(number)) {
        part(at, end).apply(target);
      }
      at = end;
    }
  }

  private HostOperation part(long from, long end) {
    int length = (int) (end - from);
    byte[] some = new byte[kind == Kind.WRITE ? length : 0];
    if (some.length > 0) {
      System.arraycopy(bytes, (int) (from - offset), some, 0, length);
    }
    return new HostOperation(kind, file, from, length, some);
  }

  @Override
  public String toString() {
    return kind + " " + file + " " + offset + " + " + length;
  }
}
