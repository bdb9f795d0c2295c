// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that other people's programs made, by the SHA-256 of their content. */
class Qcow2CorpusTest {
  private static Path corpus() {
    String given = System.getProperty("vdiskfs.corpus", "");
    boolean named = !given.isEmpty() && !given.startsWith("$");
    return Path.of(named ? given : "../shared/corpus");
  }

  @ParameterizedTest
  @CsvSource({
    "dfvfs/ext2.qcow2, a6c2f0e39afe6c6ab432ca5465349fcefe8dc944398e97b2d957d3f89dbb5d80",
    "dfvfs/windows_volume.qcow2, 44abe9deca9658f331a2bdba2deb53192d04f35d157a1fb3ba0597b03f0524f2",
    "kubevirt-cdi/fs-overhead.qcow2, "
        + "f2e7d09dcc87cf4a8f96989d6479bdf5545cf0c84f9d5ea4cee4c6d099cdae6d",
    "plaso/image.qcow2, a9c0220b1dadd1812fc4bbe137f495d2c3b88c7b33b5a4de545d201fd31b3bc0",
    "plaso/vsstest.qcow2, 5cba558cfac0916cae697d2231dc1e17874aa262f2890f5236fb9c90b9610d0a"
  })
  void contentIsAsRecorded(String name, String sha256)
      throws IOException, NoSuchAlgorithmException {
    Path file = corpus().resolve(name);
    assumeTrue(Files.exists(file), "no corpus of foreign images: " + file);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (Image image =
        new Qcow2Format().open(FileStorage.open(file), TestImages.context(Map.of()))) {
      Guest.read(image, digest::update);
    }
    assertEquals(sha256, HexFormat.of().formatHex(digest.digest()));
  }
}
