// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.MemoryStorage;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateOptionsTest {
  private static CreateOptions parse(Map<String, String> words, boolean hasBacking)
      throws ImageException {
    return CreateOptions.of(new MemoryStorage("disk", new byte[0]), words, hasBacking);
  }

  @Test
  void defaultsAreThoseOfQemu() throws ImageException {
    CreateOptions options = parse(Map.of(), false);
    assertEquals(3, options.version());
    assertEquals(16, options.clusterBits());
    assertEquals(4, options.refcountOrder());
    assertEquals(Qcow2Header.DEFLATE, options.compressionType());
  }

  @ParameterizedTest
  @CsvSource({"512, 9", "1k, 10", "64K, 16", "2M, 21", "2097152, 21", "4096b, 12"})
  void clusterSizes(String word, int bits) throws ImageException {
    assertEquals(bits, parse(Map.of("cluster_size", word), false).clusterBits());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "0", "-512", "256", "4M", "3000", "1G", "99999999999999999999"})
  void impossibleClusterSizes(String word) {
    assertThrows(ImageException.class, () -> parse(Map.of("cluster_size", word), false));
  }

  @ParameterizedTest
  @CsvSource({
    "bogus, 1, option bogus",
    "compat, 1.2, option compat=1.2",
    "refcount_bits, 3, option refcount_bits=3",
    "refcount_bits, 128, option refcount_bits=128",
    "extended_l2, maybe, option extended_l2=maybe",
    "preallocation, full, option preallocation=full",
    "compression_type, lz4, option compression_type=lz4",
    "data_file_raw, on, data_file_raw=on without data_file"
  })
  void refusedByName(String name, String word, String expected) {
    ImageException e = assertThrows(ImageException.class, () -> parse(Map.of(name, word), false));
    assertEquals(ImageException.Kind.UNSUPPORTED, e.kind());
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "lazy_refcounts, on",
    "extended_l2, on",
    "compression_type, zstd",
    "data_file, d",
    "refcount_bits, 8"
  })
  void version2HasNoneOf(String name, String word) {
    assertThrows(ImageException.class, () -> parse(Map.of("compat", "0.10", name, word), false));
  }

  @Test
  void combinationsThatQemuRefuses() {
    Map<String, String> small = Map.of("extended_l2", "on", "cluster_size", "8k");
    assertThrows(ImageException.class, () -> parse(small, false));
    Map<String, String> raw = Map.of("data_file", "d", "data_file_raw", "on");
    assertThrows(ImageException.class, () -> parse(raw, true));
    Map<String, String> ahead = Map.of("preallocation", "metadata");
    assertThrows(ImageException.class, () -> parse(ahead, true));
  }
}
