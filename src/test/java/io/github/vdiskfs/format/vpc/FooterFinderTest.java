// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FooterFinderTest {
  private static final int END = VpcBuilder.FIRST_BLOCK;

  private static byte[] dynamic(Consumer<ByteBuffer> change) {
    return new VpcBuilder(new int[] {-1, -1}, new int[0], new byte[0][]).build(change);
  }

  private static VpcFooter find(byte[] file) throws IOException {
    return new FooterFinder(new MemoryStorage("t.vhd", file)).find();
  }

  private static byte[] fixed(int size) {
    byte[] file = new byte[size + VpcFooter.BYTES];
    byte[] footer =
        VpcBuilder.sum(VpcBuilder.footer(2, size, new UUID(1, 1)), VpcFooter.CHECKSUM_AT);
    System.arraycopy(footer, 0, file, size, VpcFooter.BYTES);
    return file;
  }

  @Test
  void footerAtTheEndCounts() throws IOException {
    assertEquals(END, find(dynamic(b -> {})).hostOffset());
    assertEquals(END, find(dynamic(b -> b.put(200, (byte) 1))).hostOffset());
  }

  @Test
  void copyTakesThePlaceOfADamagedOrMissingFooter() throws IOException {
    assertEquals(0, find(dynamic(b -> b.put(END + 200, (byte) 1))).hostOffset());
    assertEquals(0, find(dynamic(b -> b.put(END, (byte) 1))).hostOffset());
    assertEquals(0, find(Arrays.copyOf(dynamic(b -> {}), END)).hostOffset());
  }

  @Test
  void twoDamagedOnesAreCorruptWithBothSums() {
    byte[] file = dynamic(b -> b.put(100, (byte) 1).put(END + 100, (byte) 2));
    ImageException e = assertThrows(ImageException.class, () -> find(file));
    int right = ByteBuffer.wrap(dynamic(b -> {})).getInt(VpcFooter.CHECKSUM_AT);
    String expected =
        String.format("checksum of the footer is 0x%08x, expected 0x%08x", right, right - 2);
    assertTrue(e.getMessage().endsWith(expected), e.getMessage());
  }

  @Test
  void soundOnesThatDisagreeAreCorrupt() {
    byte[] other =
        VpcBuilder.sum(VpcBuilder.footer(3, 4096, new UUID(1, 1)), VpcFooter.CHECKSUM_AT);
    ImageException e =
        assertThrows(ImageException.class, () -> find(dynamic(b -> b.put(0, other))));
    assertTrue(e.getMessage().contains("the copy of the footer is"), e.getMessage());
  }

  @Test
  void forgedCopyInAFixedImageIsTheGuestsData() throws IOException {
    byte[] file = fixed(4096);
    System.arraycopy(dynamic(b -> {}), 0, file, 0, 4096);
    assertEquals(VpcType.FIXED, find(file).type());
    assertEquals(4096, find(file).virtualSize());
  }

  @Test
  void footerOf511Bytes() throws IOException {
    byte[] file = fixed(4096);
    VpcFooter footer = find(Arrays.copyOf(file, file.length - 1));
    assertEquals(4096, footer.hostOffset());
    assertEquals(4096, footer.virtualSize());
  }

  @Test
  void signatureIsLookedForAtBothPlaces() throws IOException {
    byte[] file = fixed(4096);
    assertTrue(FooterFinder.isSigned(new MemoryStorage("t", file)));
    assertTrue(FooterFinder.isSigned(new MemoryStorage("t", Arrays.copyOf(file, 4607))));
    assertTrue(FooterFinder.isSigned(new MemoryStorage("t", Arrays.copyOf(dynamic(b -> {}), 600))));
    assertFalse(FooterFinder.isSigned(new MemoryStorage("t", Arrays.copyOf(file, 4600))));
    assertFalse(FooterFinder.isSigned(new MemoryStorage("t", new byte[0])));
  }
}
