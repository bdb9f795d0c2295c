// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format;

import io.github.vdiskfs.format.qcow.QcowFormat;
import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.format.raw.RawFormat;
import io.github.vdiskfs.format.vdi.VdiFormat;
import io.github.vdiskfs.format.vmdk.VmdkFormat;
import io.github.vdiskfs.format.vpc.VpcFormat;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

/** The one list of formats, in the order in which their signatures are tried. */
public final class KnownFormats {
  private static final List<ImageFormat> ALL =
      List.of(
          new Qcow2Format(),
          new QcowFormat(),
          new VdiFormat(),
          new VmdkFormat(),
          new VpcFormat(),
          new RawFormat());

  private KnownFormats() {}

  /** All formats; raw, which has no signature, is the last. */
  public static List<ImageFormat> all() {
    return ALL;
  }
}
