// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SliceTest {
  private static final int SIZE = 1 << 20;
  private static final int START = 70_144;
  private static final int LENGTH = 500_224;
  private static final int UNIT = 65_536;

  private final byte[] model = new byte[SIZE];
  private final List<long[]> changes = new ArrayList<>();
  private VirtualDisk disk;
  private Slice slice;

  @BeforeEach
  void open() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    ImageFormat qcow2 =
        KnownFormats.all().stream().filter(f -> f.name().equals("qcow2")).findFirst().orElseThrow();
    try (Storage target = folder.create("disk")) {
      qcow2.create(target, new ImageFormat.Creation(SIZE, Map.of(), null, folder));
    }
    disk = TestDisks.open(folder, "disk", qcow2);
    disk.startWriting();
    disk.onChange((start, end) -> changes.add(new long[] {start, end}));
    slice = new Slice(disk, START, LENGTH);
  }

  @AfterEach
  void close() throws IOException {
    disk.close();
  }

  private byte[] whole() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(SIZE);
    disk.read(bytes, 0);
    return bytes.array();
  }

  @Test
  void whatIsWrittenStaysInside() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int offset = random.nextInt(LENGTH + 1000);
      int length = 1 + random.nextInt(40_000);
      int room = Math.max(0, Math.min(length, LENGTH - offset));
      if (random.nextInt(4) == 0) {
        slice.zero(offset, length);
        Arrays.fill(model, START + offset, START + offset + room, (byte) 0);
      } else {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        ByteBuffer source = ByteBuffer.wrap(bytes);
        slice.write(source, offset);
        assertEquals(room, source.position(), "seed " + seed);
        assertEquals(length, source.limit(), "seed " + seed);
        System.arraycopy(bytes, 0, model, START + offset, room);
      }
    }
    assertArrayEquals(model, whole(), "seed " + seed);
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH + 100);
    slice.read(bytes, 0);
    assertEquals(LENGTH, bytes.position());
    assertArrayEquals(
        Arrays.copyOfRange(model, START, START + LENGTH),
        Arrays.copyOf(bytes.array(), LENGTH),
        "seed " + seed);
  }

  @Test
  void seekingCountsFromTheSlicesStart() throws IOException {
    disk.write(ByteBuffer.wrap(new byte[] {1}), 0);
    disk.write(ByteBuffer.wrap(new byte[] {1}), 3 * UNIT);
    disk.write(ByteBuffer.wrap(new byte[] {1}), 10 * UNIT);
    assertEquals(3 * UNIT - START, slice.seekData(0));
    assertEquals(4 * UNIT - START, slice.seekHole(3 * UNIT - START));
    assertEquals(-1, slice.seekData(4 * UNIT - START), "data behind the slice");
    assertEquals(0, slice.seekHole(0));
    assertEquals(LENGTH, slice.seekHole(LENGTH));
    disk.write(ByteBuffer.wrap(new byte[2 * UNIT]), START + LENGTH - UNIT);
    assertEquals(LENGTH, slice.seekHole(LENGTH - 1), "a hole behind the slice");
  }

  @Test
  void theDiskTellsOfChangesInItsOwnOffsets() throws IOException {
    slice.write(ByteBuffer.wrap(new byte[10]), LENGTH - 4);
    slice.zero(8, 16);
    assertArrayEquals(new long[] {START + LENGTH - 4, START + LENGTH}, changes.get(0));
    assertArrayEquals(new long[] {START + 8, START + 24}, changes.get(1));
    assertEquals(2, changes.size());
  }

  @Test
  void theSizeIsFixed() {
    ImageException e = assertThrows(ImageException.class, () -> slice.resize(1));
    assertEquals(ImageException.Kind.FIXED_SIZE, e.kind());
  }
}
