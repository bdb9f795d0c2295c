// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostedHeaderTest {
  private static final int FOOTER_FROM_END = 1024;

  @ParameterizedTest
  @CsvSource({
    "4, 4, 0, UNSUPPORTED, sparse extent version 0",
    "4, 4, 4, UNSUPPORTED, sparse extent version 4",
    "4, 4, -1, UNSUPPORTED, sparse extent version 4294967295",
    "8, 4, 0x40003, UNSUPPORTED, incompatible flags 0x40000",
    "8, 4, 0x10003, CORRUPT, 'compressAlgorithm is 0, expected 1'",
    "12, 8, 0, UNSUPPORTED, a sparse extent without capacity",
    "12, 8, -1, CORRUPT, capacity is 18446744073709551615",
    "12, 8, 0x20000000000001, CORRUPT, capacity is 9007199254740993",
    "12, 8, 0x20000000000000, CORRUPT, at most 33554432 grain tables",
    "12, 8, 0x100000001, CORRUPT, at most 33554432 grain tables",
    "12, 8, 0x100000000, CORRUPT, gdOffset is 8",
    "20, 8, 0, CORRUPT, grainSize is 0",
    "20, 8, 4, CORRUPT, grainSize is 4",
    "20, 8, 12, CORRUPT, grainSize is 12",
    "20, 8, 0x200000, CORRUPT, grainSize is 2097152",
    "20, 8, -8, CORRUPT, grainSize is 18446744073709551608",
    "28, 8, -1, CORRUPT, descriptorOffset is 18446744073709551615",
    "28, 8, 60, CORRUPT, descriptorOffset is 60",
    "36, 8, -1, CORRUPT, descriptorSize is 18446744073709551615",
    "36, 8, 2049, CORRUPT, 'descriptorSize is 2049, expected at most 2048'",
    "36, 8, 61, CORRUPT, descriptorOffset is 1",
    "36, 8, 0, INCOMPLETE, no disk by itself",
    "44, 4, 0, CORRUPT, numGTEsPerGT is 0",
    "44, 4, 513, CORRUPT, 'numGTEsPerGT is 513, expected 1 to 512'",
    "44, 4, -1, CORRUPT, numGTEsPerGT is 4294967295",
    "56, 8, -1, CORRUPT, no footer between",
    "64, 8, -1, CORRUPT, overHead is 18446744073709551615",
    "64, 8, 62, CORRUPT, it is truncated",
    "74, 1, 10, CORRUPT, was the file copied as text",
    "77, 2, 2, UNSUPPORTED, compressAlgorithm 2",
  })
  void fieldsOutOfBoundsAreRefusedByName(int at, int size, String value, Kind kind, String words) {
    byte[] bad = Samples.patched(Samples.bytes("sparse.vmdk"), at, size, Long.decode(value));
    Samples.refused(kind, words, () -> Samples.open(bad));
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 2", "4, 4, 3", "8, 4, 0x8003", "64, 8, 61", "64, 8, 0", "74, 1, 0x20"})
  void fieldsAtTheirBoundsAreAccepted(int at, int size, String value) throws IOException {
    byte[] good = Samples.patched(Samples.bytes("sparse.vmdk"), at, size, Long.decode(value));
    try (Image image = Samples.open(good)) {
      assertEquals(450 * 512, image.size());
    }
  }

  @Test
  void lineEndsAreNotCheckedWithoutTheFlag() throws IOException {
    byte[] noFlag = Samples.patched(Samples.bytes("sparse.vmdk"), 8, 4, 2);
    try (Image image = Samples.open(Samples.patched(noFlag, 73, 4, 0))) {
      assertEquals(450 * 512, image.size());
    }
  }

  @Test
  void compressedGrainsAreSmallerThanOthersMayBe() {
    byte[] bad = Samples.patched(Samples.bytes("stream.vmdk"), 20, 8, 8192);
    Samples.refused(Kind.CORRUPT, "a power of two from 8 to 4096", () -> Samples.open(bad));
  }

  @Test
  void uncleanShutdownShowsAsDirty() throws IOException {
    byte[] dirty = Samples.patched(Samples.bytes("sparse.vmdk"), 72, 1, 1);
    try (Image image = Samples.open(dirty)) {
      assertTrue(image.info().dirty());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "4, 4, 2",
    "8, 4, 0x30005",
    "12, 8, 205",
    "20, 8, 8",
    "28, 8, 2",
    "36, 8, 1",
    "44, 4, 256",
    "48, 8, 1",
    "64, 8, 0",
  })
  void aFooterThatDiffersFromTheHeaderIsRefused(int at, int size, String value) {
    byte[] sound = Samples.bytes("stream.vmdk");
    int footer = sound.length - FOOTER_FROM_END;
    byte[] bad = Samples.patched(sound, footer + at, size, Long.decode(value));
    Samples.refused(Kind.CORRUPT, "footer is", () -> Samples.open(bad));
  }

  @Test
  void theFooterIsCheckedLikeTheHeader() {
    byte[] sound = Samples.bytes("stream.vmdk");
    int footer = sound.length - FOOTER_FROM_END;
    byte[] version = Samples.patched(sound, footer + 4, 4, 9);
    Samples.refused(Kind.UNSUPPORTED, "sparse extent version 9", () -> Samples.open(version));
    byte[] loop = Samples.patched(sound, footer + 56, 8, -1);
    Samples.refused(Kind.CORRUPT, "gdOffset of the footer is -1", () -> Samples.open(loop));
    byte[] outside = Samples.patched(sound, footer + 56, 8, sound.length / 512);
    Samples.refused(Kind.CORRUPT, "gdOffset is 27", () -> Samples.open(outside));
  }

  @Test
  void aFooterWithoutMarkersIsNone() {
    byte[] sound = Samples.bytes("stream.vmdk");
    for (int fromEnd : new int[] {1536 - 12, 1024, 512 - 12}) {
      byte[] bad = Samples.patched(sound, sound.length - fromEnd, 4, 77);
      Samples.refused(Kind.CORRUPT, "no footer between", () -> Samples.open(bad));
    }
    byte[] header = Arrays.copyOf(sound, 1536);
    Samples.refused(Kind.CORRUPT, "there is none", () -> Samples.open(header));
  }

  @Test
  void openingReadsTheHeaderAndTheDescriptorOnly() throws IOException {
    MemoryStorage storage = new MemoryStorage("x.vmdk", Samples.bytes("sparse.vmdk"));
    new VmdkFormat().open(storage, TestImages.context("vmdk"));
    assertTrue(storage.reads() <= 3, "reads: " + storage.reads());
  }
}
