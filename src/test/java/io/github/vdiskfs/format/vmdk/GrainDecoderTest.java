// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TestImages;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrainDecoderTest {
  private static final byte[] STREAM = Samples.bytes("stream.vmdk");
  private static final byte[] CONTENT = TestImages.content("vmdk/stream.vmdk");
  private static final int GRAIN_BYTES = 8192;
  private static final int FIRST_GRAIN_AT = 1536;
  private static final int LAST_GRAIN = 12;

  @Test
  void theLastGrainMayHoldOnlyWhatTheCapacityLeaves() throws IOException {
    try (Image image = Samples.open(STREAM)) {
      Extent last = image.map((long) LAST_GRAIN * GRAIN_BYTES, GRAIN_BYTES);
      assertEquals(CONTENT.length - LAST_GRAIN * GRAIN_BYTES, last.length());
      byte[] tail = Arrays.copyOfRange(CONTENT, LAST_GRAIN * GRAIN_BYTES, CONTENT.length);
      assertArrayEquals(Arrays.copyOf(tail, GRAIN_BYTES), image.decode(last));
    }
  }

  @Test
  void otherGrainsMayNotBeShort() throws IOException {
    try (Image image = Samples.open(STREAM)) {
      long lastAt = image.map((long) LAST_GRAIN * GRAIN_BYTES, 1).hostOffset();
      byte[] bytes = STREAM.clone();
      System.arraycopy(STREAM, (int) lastAt, bytes, FIRST_GRAIN_AT, 512 * 2);
      try (Image swapped = Samples.open(bytes)) {
        Extent first = swapped.map(0, 1);
        Samples.refused(Kind.CORRUPT, "compressed grain is damaged", () -> swapped.decode(first));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "8, 4, 0, 'grain marker with 0 compressed bytes, expected 1 to 1'",
    "8, 4, -1, grain marker with 4294967295 compressed bytes",
    "8, 4, 16385, grain marker with 16385 compressed bytes",
    "8, 4, 40, compressed grain is damaged",
    "12, 1, 0, compressed grain is damaged",
    "100, 8, 0, compressed grain is damaged",
  })
  void aDamagedGrainSpoilsItself(int at, int size, long value, String words) throws IOException {
    byte[] bad = Samples.patched(STREAM, FIRST_GRAIN_AT + at, size, value);
    try (Image image = Samples.open(bad)) {
      Extent first = image.map(0, 1);
      Samples.refused(Kind.CORRUPT, words, () -> image.decode(first));
      byte[] second = image.decode(image.map(GRAIN_BYTES, 1));
      assertArrayEquals(Arrays.copyOfRange(CONTENT, GRAIN_BYTES, 2 * GRAIN_BYTES), second);
    }
  }
}
