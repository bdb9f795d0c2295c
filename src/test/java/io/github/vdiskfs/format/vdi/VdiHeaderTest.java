// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VdiHeaderTest {
  private static VdiBuilder builder() {
    return new VdiBuilder(new int[] {0, VdiBuilder.FREE}, VdiBuilder.blocks(1, 1));
  }

  private static Image open(byte[] file) throws IOException {
    return new VdiFormat().open(new MemoryStorage("t.vdi", file), TestImages.context(Map.of()));
  }

  private static Arguments bad(Kind kind, String message, Consumer<ByteBuffer> change) {
    return Arguments.of(kind, message, change);
  }

  static Arguments[] badFields() {
    return new Arguments[] {
      bad(Kind.CORRUPT, "signature is 0x00000000, expected 0xbeda107f", b -> b.putInt(64, 0)),
      bad(Kind.UNSUPPORTED, "VDI version 1.0", b -> b.putInt(68, 0x10000)),
      bad(Kind.UNSUPPORTED, "VDI version 0.1", b -> b.putInt(68, 1)),
      bad(Kind.UNSUPPORTED, "VDI version 2.1", b -> b.putInt(68, 0x20001)),
      bad(Kind.CORRUPT, "cbHeader is 383, expected at least 384", b -> b.putInt(72, 383)),
      bad(Kind.CORRUPT, "image type is 0, expected", b -> b.putInt(76, 0)),
      bad(Kind.CORRUPT, "image type is 4294967295, expected", b -> b.putInt(76, -1)),
      bad(Kind.UNSUPPORTED, "undo images (VDI type 3)", b -> b.putInt(76, 3)),
      bad(Kind.CORRUPT, "offBlocks is 471, expected at least 472", b -> b.putInt(340, 471)),
      bad(Kind.CORRUPT, "offBlocks is 512, expected at least 4294967367", b -> b.putInt(72, -1)),
      bad(Kind.CORRUPT, "offData is 519, expected at least 520", b -> b.putInt(344, 519)),
      bad(Kind.CORRUPT, "cbSector is 4096, expected 512", b -> b.putInt(360, 4096)),
      bad(Kind.CORRUPT, "cbDisk is 8193, expected at most 8192", b -> b.putLong(368, 8193)),
      bad(Kind.CORRUPT, "cbDisk is 18446744073709551615, expected", b -> b.putLong(368, -1)),
      bad(Kind.CORRUPT, "cbBlock is 0, expected a power of two", b -> b.putInt(376, 0)),
      bad(Kind.CORRUPT, "cbBlock is 2048, expected a power of two", b -> b.putInt(376, 2048)),
      bad(Kind.CORRUPT, "cbBlock is 12288, expected a power of two", b -> b.putInt(376, 12288)),
      bad(Kind.CORRUPT, "cbBlock is 2147483648, expected a power", b -> b.putInt(376, 1 << 31)),
      bad(Kind.CORRUPT, "cbBlock is 536870912, expected a power", b -> b.putInt(376, 1 << 29)),
      bad(Kind.UNSUPPORTED, "cbBlockExtra", b -> b.putInt(380, 512)),
      bad(Kind.CORRUPT, "offData is 4096, expected at least 17179869692", b -> b.putInt(384, -1)),
      bad(
          Kind.CORRUPT,
          "cBlocks is 2000, expected a block map that ends inside the file (8192)",
          b -> b.putInt(384, 2000).putInt(344, 9000)),
    };
  }

  @ParameterizedTest
  @MethodSource("badFields")
  void badFieldIsNamed(Kind kind, String message, Consumer<ByteBuffer> change) {
    ImageException e =
        assertThrows(ImageException.class, () -> open(builder().build(change)).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().startsWith("t.vdi: "), e.getMessage());
    assertEquals(kind, e.kind());
  }

  @Test
  void shortFileIsNamed() {
    byte[] cut = java.util.Arrays.copyOf(builder().build(), 455);
    ImageException e = assertThrows(ImageException.class, () -> open(cut).close());
    assertTrue(e.getMessage().contains("file size is 455, expected at least 456"), e.getMessage());
  }

  @Test
  void parentAndTypeMustAgree() {
    UUID some = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    byte[] linkedDynamic = builder().link(some, some).build();
    byte[] orphan = builder().type(4).build();
    ImageException e = assertThrows(ImageException.class, () -> open(linkedDynamic).close());
    assertTrue(e.getMessage().contains("uuidLinkage is " + some + ", expected zero"));
    e = assertThrows(ImageException.class, () -> open(orphan).close());
    assertTrue(e.getMessage().contains("expected the UUID of the parent"), e.getMessage());
  }

  @Test
  void uuidIsReadAsVirtualBoxPrintsIt() throws IOException {
    VdiIdentity id = VdiHeader.readIdentity(TestImages.storage("vdi/child.vdi"));
    assertEquals(UUID.fromString("03030303-0303-0303-0303-030303030303"), id.image());
    byte[] file = builder().build(b -> b.put(392, new byte[] {4, 3, 2, 1, 6, 5, 8, 7, 9, 10}));
    id = VdiHeader.readIdentity(new MemoryStorage("t.vdi", file));
    assertEquals(UUID.fromString("01020304-0506-0708-090a-000000000001"), id.image());
  }

  @Test
  void bothHeaderSizesOpenAndOddSizeIsRoundedToSectors() throws IOException {
    try (Image image = open(builder().diskSize(8000).build(b -> b.putInt(72, 384)))) {
      assertEquals(8192, image.size());
    }
  }

  @Test
  void openingReadsTheHeaderAlone() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vdi", builder().build());
    new VdiFormat().open(storage, TestImages.context(Map.of())).close();
    assertEquals(1, storage.reads());
  }

  @Test
  void probeLooksAtTheSignature() throws IOException {
    assertTrue(new VdiFormat().probe(new MemoryStorage("x", builder().build())));
    assertFalse(
        new VdiFormat().probe(new MemoryStorage("x", builder().build(b -> b.put(64, (byte) 0)))));
    assertFalse(new VdiFormat().probe(new MemoryStorage("x", new byte[0])));
  }
}
