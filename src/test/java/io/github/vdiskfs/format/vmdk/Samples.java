// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.slf4j.LoggerFactory;

/** Samples of this package's tests and what they do with them. */
final class Samples {
  /** Sector numbers in sparse.vmdk, see its MAKE file. */
  static final int RGD_SECTOR = 3;

  static final int GD_SECTOR = 8;
  static final int FIRST_GT_SECTOR = 9;

  private Samples() {}

  static byte[] bytes(String name) {
    return TestImages.bytes("vmdk/" + name);
  }

  /** The bytes with a little-endian number put over them. */
  static byte[] patched(byte[] bytes, int at, int size, long value) {
    byte[] copy = bytes.clone();
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    number.putLong(0, value).get(0, copy, at, size);
    return copy;
  }

  static Image open(byte[] image) throws IOException {
    return open(image, Map.of());
  }

  static Image open(byte[] image, Map<String, byte[]> others) throws IOException {
    return open(image, TestImages.context(others));
  }

  static Image open(byte[] image, ImageFormat.Context context) throws IOException {
    return new VmdkFormat().open(new MemoryStorage("x.vmdk", image), context);
  }

  /** Opens a descriptor of a disk without parent. */
  static Image open(String createType, String extents, Map<String, byte[]> others)
      throws IOException {
    return open(descriptor(createType, extents), others);
  }

  static byte[] descriptor(String createType, String extents) {
    return text(
        "# Disk DescriptorFile\nversion=1\nCID=1234abcd\nparentCID=ffffffff\ncreateType=\""
            + createType
            + "\"\n"
            + extents);
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The image is refused with these words. */
  static ImageException refused(ImageException.Kind kind, String words, Opening opening) {
    ImageException e = Assertions.assertThrows(ImageException.class, opening::open);
    Assertions.assertTrue(e.getMessage().contains(words), e.getMessage());
    Assertions.assertEquals(kind, e.kind(), e.getMessage());
    return e;
  }

  /** What should fail. */
  interface Opening {
    Object open() throws IOException;
  }

  /** The warnings that a class logs while something runs. */
  static List<String> warnings(Class<?> source, Opening work) throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(source);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try {
      work.open();
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
