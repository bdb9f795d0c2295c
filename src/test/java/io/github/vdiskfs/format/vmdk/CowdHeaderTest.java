// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CowdHeaderTest {
  @ParameterizedTest
  @CsvSource({
    "4, 2, UNSUPPORTED, ESX sparse extent version 2",
    "12, 0, UNSUPPORTED, a sparse extent without capacity",
    "12, 8999, CORRUPT, 'capacity is 8999, expected 9000 sectors'",
    "12, -1, CORRUPT, numGDEntries is 3",
    "16, 0, CORRUPT, grainSize is 0",
    "16, 3, CORRUPT, grainSize is 3",
    "16, 0x200000, CORRUPT, grainSize is 2097152",
    "20, 0, CORRUPT, gdOffset is 0",
    "20, 3, CORRUPT, gdOffset is 3",
    "20, 108, CORRUPT, gdOffset is 108",
    "20, -1, CORRUPT, gdOffset is 4294967295",
    "24, 2, CORRUPT, 'numGDEntries is 2, expected at least 3'",
  })
  void fieldsOutOfBoundsAreRefusedByName(int at, String value, Kind kind, String words) {
    byte[] bad = Samples.patched(Samples.bytes("esx-delta.vmdk"), at, 4, Long.decode(value));
    Samples.refused(
        kind, words, () -> Samples.open(Samples.bytes("esx.vmdk"), Map.of("esx-delta.vmdk", bad)));
  }

  @Test
  void anExtentIsNoDiskByItself() {
    Samples.refused(
        Kind.INCOMPLETE,
        "no disk by itself: open the descriptor file",
        () -> Samples.open(Samples.bytes("esx-delta.vmdk")));
  }
}
