// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

/**
 * What is done with hostile images of one format. An ordinary build runs the inputs that were found
 * before, in {@code src/test/resources}; {@code native-tests/fuzz} looks for more.
 */
abstract class FormatFuzz {
  private final ImageFormat format;
  private final List<String> samples;

  /**
   * @param samples resources such as {@code qcow2/v2.qcow2}, whose numbers in this list the inputs
   *     name: new ones go to the end
   */
  FormatFuzz(ImageFormat format, String... samples) {
    this.format = format;
    this.samples = List.of(samples);
  }

  @FuzzTest
  void read(byte[] input) {
    new DiskExercise(format, PatchedImage.of(input, samples)).read();
  }

  @FuzzTest
  void write(byte[] input) {
    int choice = input.length > 1 ? Byte.toUnsignedInt(input[1]) : 0;
    int[] places = {0, choice * 251 % 65536, choice << 8, 65535, 32768 + choice};
    new DiskExercise(format, PatchedImage.of(input, samples)).write(places);
  }
}
