// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.disk.VirtualDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/**
 * One thing that a guest does to its disk.
 *
 * @param offset first byte; for {@code RESIZE} the new size
 * @param bytes what {@code WRITE} writes, and zeroes as many as {@code ZERO} makes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GuestAction(Kind kind, long offset, byte[] bytes) {
  private static final int SECTOR = 512;
  private static final byte[] NONE = {};

  /** Far more often than not a request is no longer than this. */
  private static final int USUAL_MOST = 128 << 10;

  enum Kind {
    WRITE,
    ZERO,
    RESIZE,
    FLUSH,
    FLUSH_TABLES
  }

  /** What a random guest is like. */
  record Habits(boolean resizes, boolean unaligned, int mostBytes, int flushPercent) {}

  static GuestAction flush() {
    return new GuestAction(Kind.FLUSH, 0, NONE);
  }

  static GuestAction next(Random random, VirtualDisk disk, Habits habits) {
    int dice = random.nextInt(100);
    if (dice < habits.flushPercent()) {
      return random.nextInt(3) == 0 ? new GuestAction(Kind.FLUSH_TABLES, 0, NONE) : flush();
    }
    if (dice > 97 && habits.resizes()) {
      return new GuestAction(Kind.RESIZE, newSize(random, disk), NONE);
    }
    return change(random, disk, habits);
  }

  private static GuestAction change(Random random, VirtualDisk disk, Habits habits) {
    int grain = habits.unaligned() && random.nextInt(3) > 0 ? 1 : SECTOR;
    long unit = Math.max(SECTOR, disk.top().info().unitSize());
    long size = disk.size();
    int most = random.nextInt(30) == 0 ? habits.mostBytes() : USUAL_MOST;
    long length = Math.min(Math.min(length(random, unit), most), size);
    long offset = Math.min(offset(random, unit, size), size - length);
    offset -= offset % grain;
    length = Math.max(1, length - length % grain);
    byte[] bytes = new byte[(int) Math.min(length, size - offset)];
    if (random.nextInt(100) < 25) {
      return new GuestAction(Kind.ZERO, offset, bytes);
    }
    fill(random, bytes);
    return new GuestAction(Kind.WRITE, offset, bytes);
  }

  private static long length(Random random, long unit) {
    return switch (random.nextInt(5)) {
      case 0 -> 1 + random.nextInt(16);
      case 1 -> SECTOR * (1L + random.nextInt(16));
      case 2 -> unit;
      case 3 -> 1 + (long) (random.nextDouble() * 4 * unit);
      default -> 1 + random.nextInt(5000);
    };
  }

  private static long offset(Random random, long unit, long size) {
    long any = (long) (random.nextDouble() * size);
    long near = any - any % unit + (random.nextInt(5) - 2L) * SECTOR + random.nextInt(3) - 1;
    return switch (random.nextInt(4)) {
      case 0 -> any;
      case 1 -> any - any % unit;
      case 2 -> size - Math.min(size, 1 + random.nextInt(3000));
      default -> Math.max(0, Math.min(size - 1, near));
    };
  }

  /** Never zero, so that data that was lost does not look like data. One write in ten is zeroes. */
  private static void fill(Random random, byte[] bytes) {
    if (random.nextInt(10) > 0) {
      random.nextBytes(bytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = bytes[i] == 0 ? 1 : bytes[i];
      }
    }
  }

  private static long newSize(Random random, VirtualDisk disk) {
    long unit = Math.max(SECTOR, disk.top().info().unitSize());
    long change = (long) ((random.nextDouble() - 0.45) * 6 * unit);
    long most = disk.size() > 8 * unit + (4 << 20) ? disk.size() : Long.MAX_VALUE;
    long size = Math.min(most, Math.max(SECTOR, disk.size() + change));
    return switch (random.nextInt(4)) {
      case 0 -> size;
      case 1 -> size - size % SECTOR;
      default -> Math.max(SECTOR, size - size % unit);
    };
  }

  /** Does it. */
  void perform(VirtualDisk disk) throws IOException {
    switch (kind) {
      case WRITE -> disk.write(ByteBuffer.wrap(bytes), offset);
      case ZERO -> disk.zero(offset, bytes.length);
      case RESIZE -> disk.resize(offset);
      case FLUSH -> disk.flush();
      case FLUSH_TABLES -> disk.flushTables();
    }
  }

  /**
   * What it has done: a new size may have been rounded up to a sector.
   *
   * @param disk the disk that it was performed on
   */
  List<GuestAction> effects(VirtualDisk disk) {
    boolean rounded = kind == Kind.RESIZE && disk.size() > offset;
    boolean little = disk.size() - offset < SECTOR;
    return rounded && little
        ? List.of(this, new GuestAction(Kind.RESIZE, disk.size(), NONE))
        : List.of(this);
  }

  @Override
  public String toString() {
    return kind + " " + offset + " + " + bytes.length;
  }
}
