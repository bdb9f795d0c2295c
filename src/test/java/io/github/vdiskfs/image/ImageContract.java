// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every readable format keeps to. A format's test class names its sample images (resources,
 * see {@link TestImages}) and inherits the tests; ranges that an image leaves to its backing file
 * count as zero here, so samples stand alone or bring a content that says so.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class ImageContract {
  /** The format under test. */
  protected abstract ImageFormat format();

  /** Resources such as {@code qcow2/v2.qcow2}. */
  protected abstract List<String> samples();

  private Image open(String sample) throws IOException {
    String folder = sample.substring(0, sample.lastIndexOf('/'));
    return format().open(TestImages.storage(sample), TestImages.context(folder));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void probeRecognisesItsOwnAndNoOtherDoes(String sample) throws IOException {
    MemoryStorage storage = TestImages.storage(sample);
    assertTrue(format().probe(storage));
    for (ImageFormat other : KnownFormats.all()) {
      if (!other.name().equals(format().name())) {
        assertFalse(other.probe(storage), other.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void probingLooksAtBothEndsOnly(String sample) throws IOException {
    MemoryStorage file = TestImages.storage(sample);
    FilterStorage watched =
        new FilterStorage(file) {
          @Override
          public void read(ByteBuffer target, long offset) throws IOException {
            long end = offset + target.remaining();
            boolean atStart = end <= ImageFormat.PROBED_BYTES;
            boolean atEnd = offset >= size() - ImageFormat.PROBED_BYTES;
            assertTrue(atStart || atEnd, "read of bytes " + offset + " to " + end);
            super.read(target, offset);
          }
        };
    assertTrue(format().probe(watched));
    for (ImageFormat other : KnownFormats.all()) {
      if (!other.name().equals(format().name())) {
        assertFalse(other.probe(watched), other.name());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void extentsTileTheDisk(String sample) throws IOException {
    try (Image image = open(sample)) {
      assertEquals(TestImages.content(sample).length, image.size());
      long at = 0;
      while (at < image.size()) {
        Extent e = image.map(at, image.size() - at);
        assertTrue(e.length() > 0 && at + e.length() <= image.size(), at + ": " + e);
        at += e.length();
      }
      assertEquals(image.size(), at);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void wholeDiskReadsAsItsContent(String sample) throws IOException {
    try (Image image = open(sample)) {
      byte[] content = TestImages.content(sample);
      assertArrayEquals(content, read(image, 0, content.length));
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void mapIsTheSameUnderAnySplit(String sample) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] content = TestImages.content(sample);
    try (Image image = open(sample)) {
      for (int i = 0; i < 300 && content.length > 0; i++) {
        int at = random.nextInt(content.length);
        int length = 1 + random.nextInt(Math.min(content.length - at, 200_000));
        byte[] expected = Arrays.copyOfRange(content, at, at + length);
        assertArrayEquals(
            expected, read(image, at, length), "seed " + seed + " at " + at + " + " + length);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void closingClosesTheStorage(String sample) throws IOException {
    MemoryStorage storage = TestImages.storage(sample);
    String folder = sample.substring(0, sample.lastIndexOf('/'));
    format().open(storage, TestImages.context(folder)).close();
    assertTrue(storage.isClosed());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyTruncationIsAnImageExceptionOrHarmless(String sample) throws IOException {
    byte[] whole = TestImages.bytes(sample);
    String folder = sample.substring(0, sample.lastIndexOf('/'));
    int step = Math.max(1, whole.length / 97);
    for (int n = 0; n < whole.length; n += step) {
      MemoryStorage cut = new MemoryStorage("cut", Arrays.copyOf(whole, n));
      try (Image image = format().open(cut, TestImages.context(folder))) {
        mapAll(image);
      } catch (ImageException e) {
        assertFalse(e.getMessage().isBlank());
      }
    }
  }

  private static void mapAll(Image image) throws ImageException, IOException {
    for (long at = 0; at < image.size(); ) {
      at += image.map(at, image.size() - at).length();
    }
  }

  /** What the image itself stores, with everything else as zero. */
  private static byte[] read(Image image, long offset, int length) throws IOException {
    byte[] result = new byte[length];
    for (int done = 0; done < length; ) {
      Extent e = image.map(offset + done, length - done);
      int n = (int) e.length();
      if (e.kind() == Kind.DATA || e.kind() == Kind.FLAT) {
        e.requireStorage().read(ByteBuffer.wrap(result, done, n), e.hostOffset());
      } else if (e.kind() == Kind.COMPRESSED) {
        System.arraycopy(image.decode(e), e.skip(), result, done, n);
      }
      done += n;
    }
    return result;
  }
}
