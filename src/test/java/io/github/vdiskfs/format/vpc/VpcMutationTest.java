// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples with a few bytes of their metadata changed, and their checksums right again. */
class VpcMutationTest {
  private static final int ROUNDS = 1000;

  /** Footer copy, header, locator, table and the first bitmap. */
  private static final int METADATA = 2560 + 64;

  @ParameterizedTest
  @ValueSource(strings = {"vpc/blocks.vhd", "vpc/child.vhd"})
  void anyChangeIsHarmlessOrAnImageException(String sample) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ImageFormat.Context context = TestImages.context("vpc");
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = mutant(TestImages.bytes(sample), random);
      try (Image image = new VpcFormat().open(new MemoryStorage("mutant", file), context)) {
        mapSome(image, random);
      } catch (ImageException e) {
        assertTrue(e.getMessage().startsWith("mutant: "), e.getMessage());
      } catch (RuntimeException e) {
        fail("seed " + seed + " round " + round, e);
      }
    }
  }

  private static byte[] mutant(byte[] sample, Random random) {
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int[] most = {85, 512 + 64, 512 + 1024, 2048 + 28, METADATA};
      int end = most[random.nextInt(most.length)];
      sample[end - 1 - random.nextInt(Math.min(end, 85))] = (byte) (random.nextInt(5) - 2);
    }
    byte[] footer =
        VpcBuilder.sum(ByteBuffer.wrap(Arrays.copyOf(sample, 512)), VpcFooter.CHECKSUM_AT);
    byte[] header = VpcBuilder.sum(ByteBuffer.wrap(Arrays.copyOfRange(sample, 512, 1536)), 36);
    System.arraycopy(footer, 0, sample, 0, 512);
    System.arraycopy(footer, 0, sample, sample.length - 512, 512);
    System.arraycopy(header, 0, sample, 512, 1024);
    return sample;
  }

  private static void mapSome(Image image, Random random) throws IOException {
    for (int i = 0; i < 20 && image.size() > 0; i++) {
      long at = random.nextLong(Math.min(image.size(), i % 2 == 0 ? 30_000 : Long.MAX_VALUE));
      long length = image.map(at, image.size() - at).length();
      assertTrue(length > 0 && at + length <= image.size(), at + " + " + length);
    }
  }
}
