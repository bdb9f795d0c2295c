// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples with a few bytes of their metadata changed. */
class VdiMutationTest {
  private static final int ROUNDS = 1000;
  private static final int METADATA = 600;

  @ParameterizedTest
  @ValueSource(strings = {"vdi/blocks.vdi", "vdi/child.vdi"})
  void anyChangeIsHarmlessOrAnImageException(String sample) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ImageFormat.Context context = TestImages.context("vdi");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = TestImages.bytes(sample);
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes; i++) {
        file[68 + random.nextInt(METADATA - 68)] = (byte) (random.nextInt(5) - 2);
      }
      try (Image image = new VdiFormat().open(new MemoryStorage("mutant", file), context)) {
        mapSome(image, random);
      } catch (ImageException e) {
        assertTrue(e.getMessage().startsWith("mutant: "), e.getMessage());
      } catch (RuntimeException e) {
        fail("seed " + seed + " round " + round, e);
      }
    }
  }

  private static void mapSome(Image image, Random random) throws IOException {
    for (int i = 0; i < 20 && image.size() > 0; i++) {
      long at = random.nextLong(Math.min(image.size(), i % 2 == 0 ? 50_000 : Long.MAX_VALUE));
      long length = image.map(at, image.size() - at).length();
      assertTrue(length > 0 && at + length <= image.size(), at + " + " + length);
    }
  }
}
