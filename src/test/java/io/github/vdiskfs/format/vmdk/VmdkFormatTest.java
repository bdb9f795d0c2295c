// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.ImageContract;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VmdkFormatTest extends ImageContract {
  @Override
  protected ImageFormat format() {
    return new VmdkFormat();
  }

  @Override
  protected List<String> samples() {
    return List.of(
        "vmdk/sparse.vmdk",
        "vmdk/zeroed.vmdk",
        "vmdk/stream.vmdk",
        "vmdk/split.vmdk",
        "vmdk/esx.vmdk",
        "vmdk/flat.vmdk",
        "vmdk/custom.vmdk");
  }

  @ParameterizedTest
  @CsvSource({
    "KDMV, true",
    "COWD, true",
    "VMDK, false",
    "KDM, false",
    "'', false",
    "# Disk DescriptorFile, true",
    "# Disk DescriptorFile|encoding=\"UTF-8\"|version=1, true",
    "#a comment||   |version=1|CID=1, true",
    "version=3^|CID=1, true",
    "version=4|CID=1, false",
    "version=10|CID=1, false",
    "CID=1|version=1, false",
    "# only a comment, false",
  })
  void probeLooksForAMagicNumberOrAVersionLine(String content, boolean expected)
      throws IOException {
    byte[] bytes = Samples.text(content.replace('|', '\n').replace('^', '\r'));
    assertEquals(expected, new VmdkFormat().probe(new MemoryStorage("x", bytes)));
  }
}
