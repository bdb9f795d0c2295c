// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** An image that cannot be served, or a part of it. The message says what, where and why. */
public final class ImageException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is; each kind has one errno and one exit code. */
  public enum Kind {
    /** The file has no known signature. */
    NOT_AN_IMAGE,
    /** The image contradicts its specification. */
    CORRUPT,
    /** The image is sound but uses a feature that is not supported. */
    UNSUPPORTED,
    /** A file that the image needs is missing or cannot be opened. */
    INCOMPLETE,
    /** The image names a file that the policy refuses. */
    DENIED,
    /** Another program uses the image. */
    LOCKED,
    /** The image may only be read. */
    READ_ONLY,
    /** The size of the disk cannot change. */
    FIXED_SIZE,
    /** The change would make the image something else. */
    NOT_PERMITTED,
    /** The image has nothing by that name. */
    NOT_FOUND,
    /** A new image cannot have that name: it says no format. */
    BAD_NAME
  }

  private final Kind kind;

  public ImageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public ImageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** A part of the image that contradicts the specification, with the host offset of it. */
  public static ImageException corrupt(Storage storage, long hostOffset, String problem) {
    return new ImageException(
        Kind.CORRUPT, storage.name() + ": at host offset " + hostOffset + ": " + problem);
  }

  /** A header field with a value that it may not have. */
  public static ImageException badField(
      Storage storage, String field, Object found, String expected) {
    return new ImageException(
        Kind.CORRUPT, storage.name() + ": " + field + " is " + found + ", expected " + expected);
  }

  /** A name that a new image cannot have. */
  public static ImageException badName(String problem) {
    return new ImageException(Kind.BAD_NAME, problem);
  }

  /** A feature that is not supported, by its name. */
  public static ImageException unsupported(Storage storage, String feature) {
    return new ImageException(Kind.UNSUPPORTED, storage.name() + ": not supported: " + feature);
  }
}
