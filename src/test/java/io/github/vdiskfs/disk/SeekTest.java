// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeekTest {
  private static final long MIB = 1 << 20;

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

  @Test
  void aSeekForDataEndsWhereTheDiskWasCutOff() {
    VirtualDisk disk = new VirtualDisk(List.of(new Shrinking()), new ClusterCache(MIB), true);
    long found = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> disk.seekData(0));
    assertEquals(-1, found);
  }
}
