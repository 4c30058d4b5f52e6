"use client";
import { useFormStatus } from "react-dom";
import { Button, type ButtonProps } from "./button";

/** The button of a form that posts to a server action: busy while the action runs. */
export function SubmitButton(props: Omit<ButtonProps, "type" | "busy">) {
	const { pending } = useFormStatus();
	return <Button {...props} type="submit" busy={pending} />;
}
