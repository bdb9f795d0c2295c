// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class SeekTest {
  private static final long MIB = 1 << 20;
  private static final long UNIT = 65536;
  private static final long UNITS = 3L * VirtualDisk.MAX_SEEK_EXTENTS;
  private static final long SIZE = UNITS * UNIT;

  /** An image that tells of one unit at a time, and counts how often it is asked. */
  private static final class SlowImage implements Image {
    final LongPredicate isData;
    final MemoryStorage storage = new MemoryStorage("slow", new byte[0]);
    long asked;

    SlowImage(LongPredicate isData) {
      this.isData = isData;
    }

    @Override
    public ImageInfo info() {
      return ImageInfo.plain("slow", SIZE, UNIT);
    }

    @Override
    public Extent map(long guestOffset, long length) {
      asked++;
      long rest = Math.min(length, UNIT - guestOffset % UNIT);
      return isData.test(guestOffset / UNIT)
          ? Extent.data(storage, guestOffset, rest)
          : Extent.zero(rest);
    }

    @Override
    public void close() {}
  }

  /** A hole that somebody cuts off in the middle as soon as it was looked at. */
  private static final class Shrinking implements Image {
    private volatile long size = 2 * MIB;

    @Override
    public ImageInfo info() {
      return ImageInfo.plain("shrinking", 2 * MIB, 0);
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public Extent map(long guestOffset, long length) {
      size = MIB;
      return Extent.hole(Math.min(length, MIB - guestOffset));
    }

    @Override
    public void close() {}
  }

  private static VirtualDisk disk(SlowImage image) {
    return new VirtualDisk(List.of(image), new ClusterCache(0), false, null);
  }

  @Test
  void aSeekForAHoleEndsEarlyAndGoesOn() throws IOException {
    SlowImage image = new SlowImage(unit -> true);
    VirtualDisk disk = disk(image);
    long at = 0;
    while (at < SIZE) {
      assertEquals(at, disk.seekData(at));
      image.asked = 0;
      long hole = disk.seekHole(at);
      assertTrue(hole > at, "no progress at " + at);
      assertTrue(image.asked <= VirtualDisk.MAX_SEEK_EXTENTS, "asked " + image.asked);
      at = hole;
    }
    assertEquals(SIZE, at);
  }

  @Test
  void aSeekForDataEndsEarlyAndCallsLittleData() throws IOException {
    SlowImage image = new SlowImage(unit -> unit == UNITS - 1);
    VirtualDisk disk = disk(image);
    long calledData = 0;
    long at = 0;
    long data = disk.seekData(at);
    while (data < SIZE - UNIT) {
      assertTrue(image.asked <= VirtualDisk.MAX_SEEK_EXTENTS + 1, "asked " + image.asked);
      at = disk.seekHole(data);
      calledData += at - data;
      image.asked = 0;
      data = disk.seekData(at);
    }
    assertEquals(SIZE - UNIT, data, "the true data");
    assertTrue(calledData > 0 && calledData < UNIT, calledData + " bytes of holes called data");
  }

  @Test
  void nearHolesAreExact() throws IOException {
    VirtualDisk disk = disk(new SlowImage(unit -> unit % 2 == 0));
    for (long unit = 0; unit < 20; unit += 2) {
      assertEquals(unit * UNIT, disk.seekData(unit * UNIT));
      assertEquals((unit + 1) * UNIT, disk.seekHole(unit * UNIT));
      assertEquals((unit + 2) * UNIT, disk.seekData((unit + 1) * UNIT));
    }
  }

  @Test
  void aSeekForDataEndsWhereTheDiskWasCutOff() {
    VirtualDisk disk = new VirtualDisk(List.of(new Shrinking()), new ClusterCache(MIB), true, null);
    long found = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> disk.seekData(0));
    assertEquals(-1, found);
  }
}
