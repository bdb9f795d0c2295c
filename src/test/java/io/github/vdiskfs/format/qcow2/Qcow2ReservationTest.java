// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Qcow2ReservationTest {
  private static final long CLUSTER = 2 << 20;

  /** L2 entries on a page of 64 KiB: the next one is read by itself. */
  private static final long ENTRIES_PER_PAGE = 8192;

  private static final int PAGE_BYTES = 64 << 10;

  /** Reads at this host offset fail. */
  private long unreadable = -1;

  private final MemoryFolder folder = new MemoryFolder(Unreadable::new);

  private final class Unreadable extends FilterStorage {
    Unreadable(Storage inner) {
      super(inner);
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
      if (offset == unreadable) {
        throw new IOException("unreadable");
      }
      super.read(target, offset);
    }
  }

  private Image open(long cacheBytes) throws IOException {
    ImageFormat.Context context = new ImageFormat.Context(folder, new TableCache(cacheBytes));
    return new Qcow2Format().open(folder.open("disk"), context);
  }

  @Test
  void clustersThatAreLinkedInPartStayInUse() throws IOException {
    try (Storage target = folder.create("disk")) {
      Map<String, String> options = Map.of("cluster_size", "2M");
      new Qcow2Format().create(target, new Creation(32L << 30, options, null, folder));
    }
    long guestOffset = (ENTRIES_PER_PAGE - 1) * CLUSTER;
    // Without a cache each look into a table is a read.
    try (Image image = open(0)) {
      ImageWriter writer = image.writer();
      try (Reservation before = writer.reserve(guestOffset - CLUSTER, CLUSTER)) {
        before.publish();
      }
      writer.flush();
      try (Reservation reserved = writer.reserve(guestOffset, 2 * CLUSTER)) {
        assertEquals(2 * CLUSTER, reserved.length());
        reserved.storage().write(ByteBuffer.allocate(1), reserved.hostOffset() + 2 * CLUSTER - 1);
        unreadable = secondPageOfTheTable();
        assertThrows(IOException.class, reserved::publish);
      }
      unreadable = -1;
      writer.finish();
    }
    try (Image image = open(1 << 20)) {
      CheckReport report = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
      image.check(report);
      assertEquals(0, report.corruptions(), report.words().toString());
      assertEquals(1, report.leaks(), report.words().toString());
    }
  }

  private long secondPageOfTheTable() {
    ByteBuffer file = ByteBuffer.wrap(folder.contents().get("disk"));
    long l1Entry = file.getLong((int) file.getLong(40));
    return Qcow2Layout.l2TableOffset(l1Entry) + PAGE_BYTES;
  }
}
