// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.format.qcow.QcowFormat;

/** Hostile qcow images. */
final class QcowFuzzTest extends FormatFuzz {
  QcowFuzzTest() {
    super(new QcowFormat(), "qcow/plain.qcow", "qcow/packed.qcow", "qcow/overlay.qcow");
  }
}
