// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What a disk may hold: its content as of the last change, and for each sector also every content
 * that it had since the last flush, since a crash may leave any of these, but nothing else.
 */
final class Expectation {
  private static final int SECTOR = 512;

  private byte[] current;
  private final NavigableSet<Long> sizes = new TreeSet<>();

  /** Earlier contents of sectors. */
  private final Map<Integer, List<byte[]>> earlier = new HashMap<>();

  /** Sectors of which only a part was changed, perhaps in steps: they may be a mixture of bytes. */
  private final BitSet mixed = new BitSet();

  private int size;

  Expectation(byte[] content) {
    current = content.clone();
    size = content.length;
    sizes.add((long) size);
  }

  int size() {
    return size;
  }

  /** The content as of the last change. */
  byte[] content() {
    return Arrays.copyOf(current, size);
  }

  /** A part of it. */
  byte[] content(int from, int end) {
    return Arrays.copyOfRange(current, from, end);
  }

  /** Takes note of a change, as if it had been done in full. */
  void add(GuestAction action) {
    switch (action.kind()) {
      case WRITE, ZERO -> put((int) action.offset(), action.bytes());
      case RESIZE -> resize((int) action.offset());
      case FLUSH -> flush();
      case FLUSH_TABLES -> {}
    }
  }

  private void put(int offset, byte[] bytes) {
    int end = offset + bytes.length;
    for (int at = offset - offset % SECTOR; at < end; at += SECTOR) {
      remember(at / SECTOR);
      if (offset % SECTOR != 0 || end % SECTOR != 0) {
        mixed.set(at / SECTOR);
      }
    }
    System.arraycopy(bytes, 0, current, offset, bytes.length);
  }

  private void remember(int sector) {
    earlier.computeIfAbsent(sector, s -> new ArrayList<>()).add(sector(current, sector));
  }

  private static byte[] sector(byte[] from, int sector) {
    int start = Math.min(from.length, sector * SECTOR);
    byte[] copy = new byte[SECTOR];
    System.arraycopy(from, start, copy, 0, Math.min(SECTOR, from.length - start));
    return copy;
  }

  private void resize(int to) {
    if (to < size) {
      put(to, new byte[size - to]);
      mixed.set(to / SECTOR);
    } else if (to > current.length) {
      current = Arrays.copyOf(current, to);
    }
    size = to;
    sizes.add((long) to);
  }

  /** All that was done so far is durable. */
  void flush() {
    earlier.clear();
    mixed.clear();
    sizes.clear();
    sizes.add((long) size);
  }

  /**
   * A change of this range failed half way, in any way: what is there now counts from here on. What
   * the change would have written may still come to light until the next flush, where it went to
   * space that only unflushed tables call unused.
   */
  void settle(int offset, byte[] found) {
    mixed.set(offset / SECTOR, (offset + found.length + SECTOR - 1) / SECTOR);
    check(offset, found, "after a failed change");
    for (int at = offset - offset % SECTOR; at < offset + found.length; at += SECTOR) {
      remember(at / SECTOR);
    }
    System.arraycopy(found, 0, current, offset, found.length);
  }

  /** Fails where a whole disk holds something that it may not. */
  void check(byte[] disk, String context) {
    if (!sizes.contains((long) disk.length)) {
      fail(context + ": size " + disk.length + ", expected one of " + sizes);
    }
    check(0, disk, context);
  }

  /**
   * As {@link #check(byte[], String)}, for a disk whose size is its host file's: where the host
   * lost an extension and kept a write behind the old end, the size lies in between.
   */
  void checkOfFileSize(byte[] disk, String context) {
    if (disk.length < sizes.first() || disk.length > sizes.last()) {
      fail(context + ": size " + disk.length + ", expected one within " + sizes);
    }
    check(0, disk, context);
  }

  /** Fails where bytes from {@code offset} on are something that they may not be. */
  void check(int offset, byte[] found, String context) {
    int length = Math.min(found.length, current.length - offset);
    int wrong = Arrays.mismatch(found, 0, length, current, offset, offset + length);
    int at = wrong < 0 ? length : wrong;
    while (at < length) {
      int end = Math.min(length, at + SECTOR - (offset + at) % SECTOR);
      checkSector(offset, found, at, end, context);
      int next = Arrays.mismatch(found, end, length, current, offset + end, offset + length);
      at = next < 0 ? length : end + next;
    }
  }

  private void checkSector(int offset, byte[] found, int from, int end, String context) {
    int sector = (offset + from) / SECTOR;
    int start = Math.max(0, sector * SECTOR - offset);
    int skip = offset + start - sector * SECTOR;
    List<byte[]> choices = new ArrayList<>(earlier.getOrDefault(sector, List.of()));
    choices.add(sector(current, sector));
    byte[] is = Arrays.copyOfRange(found, start, end);
    boolean whole =
        choices.stream().anyMatch(c -> Arrays.equals(c, skip, skip + is.length, is, 0, is.length));
    if (!whole && !(mixed.get(sector) && isMixture(is, skip, choices))) {
      fail(context + ": guest offset " + (offset + start) + describe(is, skip, choices));
    }
  }

  private static boolean isMixture(byte[] is, int skip, List<byte[]> choices) {
    for (int i = 0; i < is.length; i++) {
      byte found = is[i];
      int at = i + skip;
      if (choices.stream().noneMatch(c -> c[at] == found)) {
        return false;
      }
    }
    return true;
  }

  private static String describe(byte[] is, int skip, List<byte[]> choices) {
    StringBuilder text = new StringBuilder(" holds ").append(start(is, 0)).append(", expected ");
    for (byte[] choice : choices) {
      text.append(start(choice, skip)).append(" or ");
    }
    return text.append("nothing else").toString();
  }

  private static String start(byte[] bytes, int skip) {
    return Arrays.toString(Arrays.copyOfRange(bytes, skip, Math.min(bytes.length, skip + 8)));
  }
}
