// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers of bytes for people: {@code 64M} in, {@code 1.5 GiB} out. Units are powers of 1024. */
final class Sizes implements ITypeConverter<Long> {
  private static final String UNITS = "KMGTPE";

  @Override
  public Long convert(String text) {
    return parse(text);
  }

  /**
   * Bytes of a word such as {@code 64M}, {@code 1.5G} or {@code 4096}.
   *
   * @throws TypeConversionException where it is not a size, or does not fit 63 bits
   */
  static long parse(String text) {
    String word = text.strip().toUpperCase(Locale.ROOT).replaceFirst("I?B$", "");
    int unit = word.isEmpty() ? -1 : UNITS.indexOf(word.charAt(word.length() - 1));
    String number = unit < 0 ? word : word.substring(0, word.length() - 1);
    double factor = Math.pow(1024, unit + 1);
    if (!number.matches("[0-9]{1,19}(\\.[0-9]{1,6})?")) {
      throw new TypeConversionException("'" + text + "' is not a size such as 64M or 1.5G");
    }
    double bytes = Double.parseDouble(number) * factor;
    if (bytes >= Long.MAX_VALUE) {
      throw new TypeConversionException("'" + text + "' is too large");
    }
    return number.contains(".") ? (long) bytes : Long.parseLong(number) * (long) factor;
  }

  /** A size with at most three digits before its unit, as {@code qemu-img info} prints it. */
  static String human(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double value = bytes / Math.pow(1024, unit);
    String digits =
        value >= 100 || value == Math.rint(value)
            ? String.format(Locale.ROOT, "%.0f", value)
            : String.format(Locale.ROOT, "%.3g", value).replaceFirst("\\.?0+$", "");
    return digits + " " + UNITS.charAt(unit - 1) + "iB";
  }
}
