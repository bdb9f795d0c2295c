// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.ImageException;
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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images that other programs made: their content, or that they are refused as QEMU refuses them.
 */
class VmdkCorpusTest {
  private static final int CHUNK_BYTES = 1 << 20;

  /** A row of the corpus' index: name, format, size of the file, of the disk, content, ... */
  private record Row(Path image, String sha256) {
    static Stream<Row> of(Path folder, String line) {
      String[] cells = line.split(" *\\| *", -1);
      boolean vmdk = cells.length > 6 && cells[2].equals("vmdk");
      return vmdk
          ? Stream.of(new Row(folder.resolve(cells[1]), cells[5].replace("`", "")))
          : Stream.empty();
    }
  }

  private static Path corpus() {
    String given = System.getProperty("vdiskfs.corpus", "");
    return Path.of(given.isBlank() || given.contains("{") ? "../shared/corpus" : given);
  }

  static List<Row> images() throws IOException {
    Path index = corpus().resolve("INDEX.md");
    assumeTrue(Files.exists(index), "no corpus at " + index.toAbsolutePath());
    String[] folder = {""};
    return Files.readAllLines(index).stream()
        .flatMap(
            line -> {
              folder[0] = line.startsWith("## ") ? line.substring(3).strip() : folder[0];
              return Row.of(corpus().resolve(folder[0]), line);
            })
        .toList();
  }

  @ParameterizedTest
  @MethodSource("images")
  void readsAsTheIndexSays(Row row) throws IOException, NoSuchAlgorithmException {
    assertEquals(
        row.sha256().matches("\\p{XDigit}{64}") ? row.sha256() : "refused", content(row.image()));
  }

  private static String content(Path image) throws IOException, NoSuchAlgorithmException {
    Path folder = image.toAbsolutePath().getParent();
    try (Gate gate = new Gate(folder, Gate.Backing.CONFINED, List.of());
        DiskOpener.Opened opened =
            new DiskOpener(
                    KnownFormats.all(),
                    gate,
                    DiskOpener.Policy.READING,
                    new TableCache(1 << 20),
                    new ClusterCache(1 << 20))
                .open(image.getFileName())) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      for (long at = 0; at < opened.disk().size(); at += CHUNK_BYTES) {
        opened.disk().read(chunk.clear(), at);
        digest.update(chunk.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (ImageException e) {
      return "refused";
    }
  }
}
