// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.Volume;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Whatever stands behind a signature, on a volume of whatever size, a look is short. */
class ContentFuzzTest {
  private static final int ROUNDS = 20_000;

  /** Head, two ends, and whatever the most talkative superblock leads to. */
  private static final long MAX_BYTES = 256 << 10;

  private static final String[] SIGNATURES = {
    "3 NTFS    ",
    "3 EXFAT   ",
    "82 FAT32   ",
    "54 FAT16   ",
    "0 LABELONE",
    "24 LVM2 001",
    "32768 \1CD001",
    "34816 \2CD001",
    "34816 \0NSR03",
    "1024 \u0010 \u00f5\u00f2",
    "1080 S\u00ef",
    "0 LUKS\u00ba\u00be",
    "4086 SWAPSPACE2",
    "65600 _BHRfS_M",
    "0 XFSB",
  };

  /** A volume of the same few bytes over and over, which counts what is read. */
  private static Volume volume(byte[] bytes, long size, AtomicLong read) {
    return (Volume)
        Proxy.newProxyInstance(
            Volume.class.getClassLoader(),
            new Class<?>[] {Volume.class},
            (self, method, words) -> {
              if (method.getName().equals("size")) {
                return size;
              }
              ByteBuffer target = (ByteBuffer) words[0];
              long offset = (Long) words[1];
              assertTrue(offset >= 0 && offset + target.remaining() <= size, "inside the volume");
              read.addAndGet(target.remaining());
              while (target.hasRemaining()) {
                target.put(bytes[(int) (offset++ % bytes.length)]);
              }
              return null;
            });
  }

  private static byte[] bytes(Random random) {
    TableImage image = new TableImage(68 << 10);
    if (random.nextBoolean()) {
      random.nextBytes(image.bytes.array());
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      String words = SIGNATURES[random.nextInt(SIGNATURES.length)];
      int blank = words.indexOf(' ');
      image.put(Integer.parseInt(words.substring(0, blank)), words.substring(blank + 1));
    }
    image.bytes.putShort(510, (short) 0xAA55);
    for (int i = random.nextInt(20); i > 0; i--) {
      image.bytes.put(random.nextInt(128), (byte) random.nextInt());
    }
    return image.bytes.array();
  }

  @Test
  void aLookIsShortAndItsAnswerIsText() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String words = "seed " + seed + ", round " + round;
      long size = random.nextBoolean() ? random.nextLong() >>> random.nextInt(1, 63) : 68 << 10;
      AtomicLong read = new AtomicLong();
      Optional<Content> content = ContentProbe.probe(volume(bytes(random), size, read));
      assertTrue(read.get() <= MAX_BYTES, words + ": " + read + " bytes read");
      if (content.isPresent()) {
        found++;
        assertNotNull(content.get().label(), words);
        assertFalse(content.get().label().indexOf('\0') >= 0, words);
        assertTrue(content.get().label().length() <= 512, words);
        assertTrue(content.get().uuid().length() <= 40, words);
      }
    }
    assertTrue(found > ROUNDS / 4, "most signatures are recognised: " + found);
  }
}
