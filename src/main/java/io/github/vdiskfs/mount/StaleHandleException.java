// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.io.IOException;

/** A file handle that is not (or no longer) open. */
public final class StaleHandleException extends IOException {
  private static final long serialVersionUID = 1L;

  StaleHandleException(long handle) {
    super("no open file has the handle " + Long.toHexString(handle));
  }
}
