// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
