// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongSetTest {
  @Test
  void isASet() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    LongSet set = new LongSet();
    Set<Long> model = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextInt(700);
      if (random.nextInt(3) > 0) {
        set.add(value);
        model.add(value);
      } else {
        set.remove(value);
        model.remove(value);
      }
      long asked = random.nextInt(700);
      assertEquals(model.contains(asked), set.contains(asked), "seed " + seed);
      assertEquals(model.size(), set.size(), "seed " + seed);
    }
  }

  /** Numbers that a multiplier which everybody knows would put into one place. */
  @Test
  void noImageCanMakeItSlow() {
    long inverse = 0x9E3779B97F4A7C15L;
    for (int bits = 3; bits < Long.SIZE; bits *= 2) {
      inverse *= 2 - 0x9E3779B97F4A7C15L * inverse;
    }
    long modulo = (1L << 54) - 1;
    LongSet set = new LongSet();
    LongCounts counts = new LongCounts(1 << 20);
    long step = inverse;
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          int added = 0;
          for (long i = 1; added < 1 << 18; i++) {
            long number = i * step & modulo;
            if (number < 1L << 47) {
              set.add(number);
              counts.add(number);
              added++;
            }
          }
          assertEquals(added, set.size());
        });
  }
}
