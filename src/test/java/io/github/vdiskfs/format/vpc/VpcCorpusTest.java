// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that other programs made. */
class VpcCorpusTest {
  private Path corpus;

  @BeforeEach
  void findCorpus() {
    String given = System.getProperty("vdiskfs.corpus", "");
    corpus = Path.of(given.isEmpty() || given.startsWith("$") ? "../shared/corpus" : given);
    assumeTrue(Files.isDirectory(corpus), "no corpus of foreign images at " + corpus);
  }

  private byte[] read(String image) throws IOException {
    try (Gate gate = new Gate(corpus, Gate.Backing.CONFINED, List.of());
        VirtualDisk disk =
            new DiskOpener(
                    KnownFormats.all(),
                    gate,
                    DiskOpener.Policy.READING,
                    new TableCache(1 << 20),
                    new ClusterCache(0))
                .open(Path.of(image))
                .disk()) {
      ByteBuffer bytes = ByteBuffer.allocate((int) disk.size());
      disk.read(bytes, 0);
      return bytes.array();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dfvfs/ext2.vhd,870be7ae16c1fa8faab05c6eb9205dc9a7ae35c5f552c5cf8a267c0bc6a5cb99",
    "plaso/image.vhd,c6db12a7db548e193c29420c1b4533e4708b20c5033db5cc29ef075d48316d25",
    "securityronin-vhd/fixed.vhd,"
        + "79f45ff4dce008350fe8cf6463e3c35c3fb93e2ac4ee20bb1483439f63658b1f",
    "securityronin-vhd/minimal.vhd,"
        + "79f45ff4dce008350fe8cf6463e3c35c3fb93e2ac4ee20bb1483439f63658b1f",
    "securityronin-vhd/original-size-mismatch.vhd,"
        + "100f317b5a397b22cd57cb01a71d4f3f66928fb6df6c83ac409e32480006cb94",
  })
  void contentIsAsQemuReadsIt(String image, String sha256)
      throws IOException, NoSuchAlgorithmException {
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(read(image));
    assertEquals(sha256, HexFormat.of().formatHex(sum));
  }

  @ParameterizedTest
  @CsvSource({
    "dfvfs/image.vhd,CORRUPT,'checksum of the footer is 0xfffff683, expected 0xffffef25'",
    "dfvfs/image-differential.vhd,CORRUPT,'is 0xfffff683, expected 0xffffeeb6'",
    "dfvfs/fat-differential.vhd,INCOMPLETE,'5fa21a55-f394-aa4d-9958-1951a67d5540: '",
  })
  void unsoundImageIsRefused(String image, Kind kind, String message) {
    ImageException e = assertThrows(ImageException.class, () -> read(image));
    assertEquals(kind, e.kind());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
