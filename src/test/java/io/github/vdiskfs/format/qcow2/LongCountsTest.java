// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LongCountsTest {
  private static final int MOST = 1000;

  private final LongCounts counts = new LongCounts(MOST);

  @Test
  void countsAreTakenOnce() {
    for (int i = 0; i < MOST; i++) {
      for (int n = 0; n <= i % 5; n++) {
        counts.add((long) i << 16);
      }
    }
    for (int i = 0; i < MOST; i++) {
      assertEquals(i % 5 + 1, counts.take((long) i << 16, -1));
      assertEquals(0, counts.take((long) i << 16, -1));
    }
  }

  @Test
  void whatComesTooLateIsNotCounted() {
    for (int i = 0; i <= MOST; i++) {
      counts.add(i);
      counts.add(i);
    }
    assertEquals(2, counts.take(0, 7));
    assertEquals(7, counts.take(MOST, 7));
  }
}
