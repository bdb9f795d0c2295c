// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.GuestAction.Habits;
import io.github.vdiskfs.image.GuestAction.Kind;
import io.github.vdiskfs.storage.MemoryFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every writable format keeps to while nothing goes wrong. */
public abstract class WritableImageContract extends WriteProof {
  private static final int OPERATIONS = 2000;
  private static final int OPERATIONS_PER_OPENING = 150;
  private static final int MOST_BYTES = 5 << 20;

  /** The last actions before a failure, for its message. */
  private static final int REMEMBERED = 12;

  @ParameterizedTest
  @MethodSource("geometries")
  void randomGuestFindsWhatItWrote(Geometry geometry) throws IOException {
    long seed = newSeed();
    Random random = new Random(seed);
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    byte[] content = readAndCheck(folder, geometry, true, "at first");
    for (int left = operations(OPERATIONS); left > 0; left -= OPERATIONS_PER_OPENING) {
      int count = Math.min(left, OPERATIONS_PER_OPENING);
      String context = geometry + ", seed " + seed + ", " + left + " left";
      content = session(folder, geometry, content, random, count, context);
      assertEquals(0, folder.openings(), "files left open");
    }
  }

  /** Opens, writes, closes, and compares; returns the content. */
  private byte[] session(
      MemoryFolder folder,
      Geometry geometry,
      byte[] before,
      Random random,
      int count,
      String context)
      throws IOException {
    Expectation expected = new Expectation(before);
    Habits habits = new Habits(geometry.resizable(), true, MOST_BYTES, 4);
    Deque<GuestAction> last = new ArrayDeque<>();
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      for (int i = 0; i < count; i++) {
        GuestAction action = GuestAction.next(random, disk, habits);
        last.addLast(action);
        if (last.size() > REMEMBERED) {
          last.removeFirst();
        }
        action.perform(disk);
        action.effects(disk).forEach(expected::add);
        expected.flush();
        compareAround(disk, expected, action, context + " after " + last);
      }
      assertSame(expected.content(), readAll(disk), context + " before closing, after " + last);
      checkHoles(disk, expected.content(), context);
    }
    byte[] content = readAndCheck(folder, geometry, false, context + " after " + last);
    assertSame(expected.content(), content, context + " after reopening, after " + last);
    try (VirtualDisk disk = open(folder, geometry)) {
      checkHoles(disk, content, context);
    }
    return content;
  }

  private static void compareAround(
      VirtualDisk disk, Expectation expected, GuestAction action, String context)
      throws IOException {
    assertEquals(expected.size(), disk.size(), context);
    int from = (int) Math.max(0, Math.min(action.offset(), expected.size()) - 1500);
    int end = Math.min(expected.size(), from + Math.min(action.bytes().length, 100_000) + 3000);
    assertSame(
        expected.content(from, end), read(disk, from, end - from), context + ": from " + from);
  }

  private static void assertSame(byte[] expected, byte[] found, String context) {
    int at = Arrays.mismatch(expected, found);
    if (at >= 0) {
      assertArrayEquals(expected, found, context);
    }
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void closingWithoutAChangeLeavesTheContentAlone(Geometry geometry) throws IOException {
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    byte[] before = readAndCheck(folder, geometry, true, "at first");
    openWritable(folder, geometry).close();
    assertSame(before, readAndCheck(folder, geometry, true, "then"), "content");
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void everythingZeroedIsAHoleOrReadsSo(Geometry geometry) throws IOException {
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    byte[] zeros;
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      zeros = new byte[(int) disk.size()];
      disk.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), disk.size() / 2);
      disk.flush();
      disk.zero(0, disk.size());
      assertSame(zeros, readAll(disk), "before closing");
    }
    assertSame(zeros, readAndCheck(folder, geometry, false, "zeroed"), "after reopening");
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void writesAreClippedAtTheEnd(Geometry geometry) throws IOException {
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      ByteBuffer source = ByteBuffer.wrap(new byte[] {7, 7, 7, 7});
      long size = disk.size();
      disk.write(source, size - 3);
      assertEquals(1, source.remaining());
      disk.write(source, size);
      assertEquals(1, source.remaining());
      assertEquals(size, disk.size());
      assertArrayEquals(new byte[] {7, 7, 7}, read(disk, size - 3, 3));
    }
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void fixedSizesSaySo(Geometry geometry) throws IOException {
    MemoryFolder folder = new MemoryFolder();
    geometry.maker().make(folder);
    try (VirtualDisk disk = openWritable(folder, geometry)) {
      long size = disk.size();
      GuestAction growth = new GuestAction(Kind.RESIZE, size + (1 << 20), new byte[0]);
      if (geometry.resizable()) {
        growth.perform(disk);
        assertEquals(size + (1 << 20), disk.size());
      } else {
        ImageException e = assertThrows(ImageException.class, () -> growth.perform(disk));
        assertEquals(ImageException.Kind.FIXED_SIZE, e.kind(), e.getMessage());
        assertEquals(size, disk.size());
      }
    }
  }
}
