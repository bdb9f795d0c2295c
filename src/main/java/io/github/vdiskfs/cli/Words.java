// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong, in one line for a person. */
final class Words {
  /** Control characters of all alphabets, other line ends, and what turns the direction of text. */
  static final String UNPRINTABLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]";

  private Words() {}

  /** One line without control characters, never empty. */
  static String of(Throwable thrown) {
    return printable(plain(thrown));
  }

  private static String plain(Throwable thrown) {
    if (thrown instanceof NoSuchFileException e) {
      return e.getFile() + ": no such file or folder";
    }
    if (thrown instanceof AccessDeniedException e) {
      return e.getFile() + ": permission denied";
    }
    if (thrown instanceof FileSystemException e && e.getReason() != null) {
      return e.getFile() + ": " + e.getReason();
    }
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? thrown.toString() : message;
  }

  /** Names come from images and folders: a line break in one shall not look like a second line. */
  static String printable(String text) {
    return text.replaceAll(UNPRINTABLE, "?");
  }
}
