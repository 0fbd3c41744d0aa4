# C from .proto files.  The generated sources are built, never committed, and compiled without
# our warnings.
include_guard(GLOBAL)

# The generator was protoc-c up to protobuf-c 1.4 and is the plugin protoc-gen-c since 1.5.
find_program(PROTOC_C_PROGRAM protoc-c)
find_program(PROTOC_PROGRAM protoc)
find_program(PROTOC_GEN_C_PROGRAM protoc-gen-c)

# protobuf_c_target(<name> PROTOS <files relative to the current directory>)
# One static library <name>; a target with LIBS <name> reads "suandian/v1/envelope.pb-c.h".
# Imports inside the .proto files are relative to the same directory.
function(protobuf_c_target name)
	cmake_parse_arguments(PARSE_ARGV 1 P "" "" "PROTOS")
	if(P_UNPARSED_ARGUMENTS OR NOT P_PROTOS)
		message(FATAL_ERROR "protobuf_c_target(${name} PROTOS ...): ${P_UNPARSED_ARGUMENTS}")
	endif()
	set(root ${CMAKE_CURRENT_SOURCE_DIR})
	set(out ${CMAKE_BINARY_DIR}/floors/${name})
	file(MAKE_DIRECTORY ${out})
	if(PROTOC_C_PROGRAM)
		set(command ${PROTOC_C_PROGRAM})
	elseif(PROTOC_PROGRAM AND PROTOC_GEN_C_PROGRAM)
		set(command ${PROTOC_PROGRAM} --plugin=protoc-gen-c=${PROTOC_GEN_C_PROGRAM})
	else()
		message(FATAL_ERROR "neither protoc-c nor protoc with protoc-gen-c was found")
	endif()

	list(TRANSFORM P_PROTOS PREPEND ${root}/ OUTPUT_VARIABLE inputs)
	set(sources)
	foreach(proto ${P_PROTOS})
		string(REGEX REPLACE "\\.proto$" ".pb-c" stem ${proto})
		# A change of any file may change all: messages import each other.
		add_custom_command(OUTPUT ${out}/${stem}.c ${out}/${stem}.h
			COMMAND ${command} -I${root} --c_out=${out} ${root}/${proto}
			DEPENDS ${inputs} VERBATIM COMMENT "Generating ${stem}.[ch]")
		list(APPEND sources ${out}/${stem}.c ${out}/${stem}.h)
	endforeach()
	add_library(${name} STATIC ${sources})
	target_compile_options(${name} PRIVATE -w)
	target_include_directories(${name} SYSTEM PUBLIC ${out})
	target_link_libraries(${name} PRIVATE ext::protobuf-c)
endfunction()
