// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a command prints: {@code --output=human|json}. */
enum Output {
  HUMAN,
  JSON;

  private static final int INDENT = 4;

  /** The words that a user may say. */
  static final class Converter implements ITypeConverter<Output> {
    @Override
    public Output convert(String word) {
      return switch (word) {
        case "human" -> HUMAN;
        case "json" -> JSON;
        default ->
            throw new TypeConversionException("expected human or json, found '" + word + "'");
      };
    }
  }

  /** A JSON writer with the indentation of qemu-img; it writes piece by piece. */
  static JsonGenerator json(PrintWriter out) throws IOException {
    JsonGenerator json = new JsonFactory(new ObjectMapper()).createGenerator(out);
    DefaultIndenter indenter = new DefaultIndenter(" ".repeat(INDENT), "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    json.setPrettyPrinter(printer);
    json.setCodec(new ObjectMapper());
    return json;
  }
}
