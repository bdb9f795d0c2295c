// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.FileStatus.Time;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code st_blocks} says of disks and partitions. */
class DiskStateTest {
  private static final long SIZE = 1000 * 512;
  private static final Time NEVER = new Time(0, 0);

  private static DiskState state(long hostBlocks, boolean flat) {
    FileStatus file = new FileStatus(1, 2, 0100644, 1, 0, 0, SIZE, 0, NEVER, NEVER, NEVER);
    return new DiskState(file, List.of(), SIZE, hostBlocks, hostBlocks, 0, "x", null, flat, null);
  }

  @Test
  void aPartitionHasItsShareOfTheHostsSpace() {
    assertEquals(100, state(500, false).blocks(200 * 512, true));
    assertEquals(100, state(500, true).blocks(200 * 512, true));
    assertEquals(1, state(3, false).blocks(200 * 512, true));
  }

  @Test
  void whatMayHaveHolesIsNeverFull() {
    assertEquals(199, state(5000, false).blocks(200 * 512, true));
    assertEquals(999, state(5000, false).blocks(SIZE, false));
    assertEquals(199, state(999, true).blocks(200 * 512, true));
  }

  @Test
  void aFlatDiskWithoutHolesIsFull() {
    assertEquals(200, state(1000, true).blocks(200 * 512, true));
    assertEquals(1000, state(1000, true).blocks(SIZE, false));
  }

  @Test
  void dataIsNeverNoBlocks() {
    assertEquals(1, state(0, false).blocks(200 * 512, true));
    assertEquals(1, state(0, true).blocks(200 * 512, true));
    assertEquals(1, state(0, false).blocks(SIZE, false));
    assertEquals(0, state(0, false).blocks(0, false));
  }
}
